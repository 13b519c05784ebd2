// The live page. A frame is JSON text:
//
//   {"position": N, "since": M, "ops": [[op, target id, html], …], "say": "…"}    what N shows
//   {"position": N, "since": M, "status": "lost" | "back"}                        a heartbeat
//   {"ops": [[op, target id, html], …]}      this viewer's own, which the page was drawn without
//   {"reset": true}                                                   this run cannot be resumed
//
// Between M and N nothing shows here. So a page at M or later that gets N has missed nothing;
// anything up to where it is is a duplicate; a page before M lacks something, and is fetched again:
// there is no third, hopeful answer.

import { offerAloud } from './aloud.mjs';
import { sendForms } from './forms.mjs';
import { keepNarrow } from './narrow.mjs';
import { backOff } from './net.mjs';
import { fillPersonal } from './nonce.mjs';
import { apply } from './ops.mjs';
import { dropHeld, hold, isPaused, offerPause } from './pause.mjs';
import { fetchInstead } from './polling.mjs';
import { followReading } from './reading.mjs';
import { Ended, resyncFrom } from './resync.mjs';
import { say, shownStatus, status } from './say.mjs';
import { keepLine } from './socket.mjs';

const STORE_STATUS = new Map([['lost', 'away'], ['back', 'back']]);

/** What does not wait: this viewer's own questions, and what the host tells everybody. */
const AT_ONCE = /^(mine|urgent|announcements)(-|$)/;

const placeOf = () => document.querySelector('[data-position]');

function startLive(root) {
  let last = Number(placeOf().dataset.position);
  let epoch = placeOf().dataset.epoch ?? '';
  let stale = false;
  let resyncing = false;
  let resyncs = 0;
  let asReader = false;
  let hasAsked = false;

  const fetchNow = fetchInstead({
    page, isBusy: () => isPaused() || resyncing || stale, reached,
  });
  const line = keepLine({ address, received, deaf: fetchNow });

  /** The socket's address: that of `data-live`, with where we stand and whose updates we see. */
  function address() {
    const url = new URL(root.dataset.live, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    if (root.dataset.view) url.searchParams.set('view', root.dataset.view);
    url.searchParams.set('after', last);
    url.searchParams.set('epoch', epoch);
    const mine = document.getElementById('mine');
    asReader = mine !== null && mine.dataset.current !== '1';
    if (mine) url.searchParams.set('mine', asReader ? 0 : 1);
    return url;
  }

  function page() {
    return root.dataset.page ?? location.href;
  }

  function reached(found) {
    ({ position: last, epoch } = found);
    Object.assign(placeOf().dataset, found);
  }

  function received(text) {
    let frame = null;
    try {
      frame = JSON.parse(text);
    } catch {
      // Half a frame is as good as a missing one.
    }
    if (!frame || frame.reset) {
      resync();
    } else if (frame.position === undefined) {
      apply(frame.ops);
    } else if (!(frame.since <= last)) {
      resync();
    } else if (frame.position > last) {
      last = frame.position;
      resyncs = 0;
      if (isPaused() && (frame.ops || frame.say)) holdBack(frame);
      else showAll([frame]);
    } else if (frame.position === last && !frame.ops) {
      tell(frame);
    }
  }

  /** An operation that fails leaves the page in no known state, so that it is fetched again. */
  function trying(act) {
    try {
      act();
    } catch (error) {
      console.error(error);
      resync();
    }
  }

  const showAll = frames => trying(() => frames.forEach(show));

  /** Keep a frame until the reader goes on, but for what they may need to know now. */
  function holdBack(frame) {
    const isUrgent = ([, id]) => AT_ONCE.test(id);
    const urgent = (frame.ops ?? []).filter(isUrgent);
    trying(() => apply(urgent));
    if (urgent.length) say(frame.say);
    const ops = (frame.ops ?? []).filter(op => !isUrgent(op));
    hold({ ...frame, ops, say: urgent.length ? '' : frame.say });
  }

  function show(frame) {
    apply(frame.ops);
    const place = placeOf();
    if (place) place.dataset.position = frame.position;
    tell(frame);
  }

  function tell(frame) {
    if (STORE_STATUS.has(frame.status)) status(STORE_STATUS.get(frame.status));
    say(frame.say);
  }

  /** Fetch the page and bring this one to it; not under the eyes of somebody who has paused. */
  async function resync() {
    line.close();
    stale = true;
    if (isPaused() || resyncing) return;
    resyncing = true;
    dropHeld();
    await new Promise(resolve => { setTimeout(resolve, backOff(resyncs)); });
    resyncs += 1;
    try {
      reached(await resyncFrom(page()));
      stale = false;
    } catch (error) {
      status(error instanceof Ended ? error.status : 'lost');
      if (error instanceof Ended) return;
    }
    resyncing = false;
    if (stale) resync();
    else line.open();
  }

  offerPause(held => {
    if (stale) resync();
    else showAll(held);
  });

  // A reader's line was opened without a cookie. Now that they have asked, dial again with it.
  document.addEventListener('live:sent', () => {
    if (shownStatus() === 'fetched') fetchNow({ atOnce: true });
    const first = asReader && !hasAsked;
    hasAsked = true;
    if (!first || stale) return;
    line.close();
    line.open();
  });
  // Nobody's own questions are on the page any more: whoever reads on is a reader.
  document.addEventListener('live:forgotten', () => {
    line.close();
    if (!stale) line.open();
  });
  addEventListener('live:stop', () => line.close());
  // A page that shows a part of a list lacks what stood before it.
  document.addEventListener('live:stale', resync);
  line.open();
}

fillPersonal();
sendForms();
offerAloud();
keepNarrow();
followReading();
const root = document.querySelector('[data-live]');
if (root && placeOf()) startLive(root);
