// The line that brings frames down. It is kept open for as long as the page is looked at: redialled
// with full jitter, dropped after 45 s of silence, woken when the network or the tab comes back.
//
// Close codes: 4001 signed out, 4003 refused and 4004 gone are final. Any other is tried again, and
// a reason `retry=N` asks for N seconds of patience first.

import { backOff } from './net.mjs';
import { drawnAway, shownStatus, status } from './say.mjs';

const SILENCE_MS = 45_000;
const WAKE_MS = 1_000;
const DEAF_MS = 20_000;
const SILENT = 4000;

const FINAL = new Map([[4001, 'signedOut'], [4003, 'refused'], [4004, 'gone']]);

const patience = reason => Number(/^retry=(\d{1,4})$/.exec(reason)?.[1] ?? 0) * 1_000;

/**
 * A line to `address()`, asked anew at each dialling; `received` gets the text of every frame.
 * The server speaks first: a line counts as up again once it has said something. `deaf` is called
 * when a dialling has failed and nothing was said for 20 s: some networks let no such line through.
 */
export function keepLine({ address, received, deaf }) {
  let socket = null;
  let wanted = false;
  let tries = 0;
  let heard = 0;
  let spoken = 0;
  let redial = null;
  let watchdog = null;

  function dial() {
    clearTimeout(redial);
    if (!wanted || socket) return;
    const dialled = new WebSocket(address());
    socket = dialled;
    dialled.addEventListener('message', () => { if (socket === dialled) isUp(); }, { once: true });
    dialled.onmessage = event => { if (socket === dialled) hear(event.data); };
    dialled.onclose = event => { if (socket === dialled) lose(event.code, event.reason); };
    listen();
  }

  function listen() {
    heard = Date.now();
    clearTimeout(watchdog);
    watchdog = setTimeout(giveUp, SILENCE_MS);
  }

  /** A new line starts without troubles; the first frame says if the store is still away. */
  function isUp() {
    if (['lost', 'fetched', 'away', 'unsent'].includes(shownStatus()) || drawnAway()) status('back');
    document.dispatchEvent(new Event('live:up'));
  }

  function hear(text) {
    tries = 0;
    spoken = performance.now();
    listen();
    received(text);
  }

  function lose(code, reason) {
    clearTimeout(watchdog);
    socket = null;
    if (FINAL.has(code)) {
      wanted = false;
      status(FINAL.get(code));
      return;
    }
    // The first blip is mended before anybody needs to know of it.
    if (tries > 0 && shownStatus() !== 'fetched') status('lost');
    if (tries > 0 && performance.now() - spoken > DEAF_MS) deaf?.();
    redial = setTimeout(dial, patience(reason) + backOff(tries));
    tries += 1;
  }

  /** Let go of the socket at once; the closing handshake of a dead line may take minutes. */
  function letGo(code) {
    clearTimeout(watchdog);
    clearTimeout(redial);
    const old = socket;
    socket = null;
    old?.close(code);
  }

  function giveUp() {
    letGo(SILENT);
    lose(SILENT, '');
  }

  function wake() {
    if (!wanted || document.hidden) return;
    if (socket && Date.now() - heard > SILENCE_MS) letGo(SILENT);
    if (socket) return;
    clearTimeout(redial);
    redial = setTimeout(dial, Math.random() * WAKE_MS);
  }

  function open() {
    wanted = true;
    spoken ||= performance.now();
    dial();
  }

  function close() {
    wanted = false;
    letGo(1000);
  }

  addEventListener('online', () => {
    // The network may be another one than before, and the line over the old one dead.
    letGo(SILENT);
    wake();
  });
  addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', wake);
  addEventListener('pagehide', () => letGo(1000));

  return { open, close };
}
