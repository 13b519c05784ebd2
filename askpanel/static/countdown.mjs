// Time left, in elements marked `data-until`: whole minutes, so that nobody hears a clock tick.
//
// `data-until` and `data-now` are ISO 8601 or Unix milliseconds; `data-now` is the server's clock
// when it drew the page: the clock here may be wrong. `data-phrase="%t left"` says what to do with
// the time, `data-over` what to say afterwards. A clock that runs, `.ask-clock[data-since]`, says how
// long ago that was. Nothing ticks in a page that is out of sight.

import { fetchWithin } from './net.mjs';
import { parse } from './ops.mjs';
import { counted, word } from './words.mjs';

const TICK_MS = 5_000;
const DOUBT_MS = 30_000;
const LIMIT_MS = 10_000;
const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
const CLOCKS = '[data-until], .ask-clock[data-since]';

const instant = text => (/^\d+$/.test(text) ? Number(text) : Date.parse(text));

/** `minutes` in words: in hours from two hours on, in days from two days on. */
export function duration(minutes) {
  if (minutes >= 2 * DAY) return counted('days', Math.floor(minutes / DAY));
  if (minutes >= 2 * HOUR) return counted('hours', Math.floor(minutes / HOUR));
  return counted('minutes', minutes);
}

function showSince(element, now) {
  const past = Math.max(0, Math.floor((now - instant(element.dataset.since)) / MINUTE_MS));
  const text = word('ago').replace('%t', duration(past));
  if (!Number.isNaN(past) && element.textContent !== text) element.textContent = text;
}

function show(element, now) {
  if (element.dataset.until === undefined) {
    showSince(element, now);
    return;
  }
  const left = Math.ceil((instant(element.dataset.until) - now) / MINUTE_MS);
  const text = left <= 0 && element.dataset.over !== undefined
    ? element.dataset.over
    : (element.dataset.phrase ?? '%t').replace('%t', duration(Math.max(0, left)));
  if (!Number.isNaN(left) && element.textContent !== text) element.textContent = text;
}

/**
 * The server's time as the page gave it, carried on by a clock that nobody can set. In some
 * browsers that clock stands still while the device sleeps. The visitor's own clock does not, so
 * where the two disagree, one of them has been set or the other has slept: the server is asked.
 */
let server = Number.NaN;
let anchored = 0;
let own = 0;
let asking = false;

function anchor(page) {
  const drawn = instant(page.querySelector('[data-now]')?.dataset.now ?? '');
  if (Number.isNaN(drawn)) return;
  server = drawn;
  anchored = performance.now();
  own = Date.now();
}

const now = () => server + performance.now() - anchored;

/** The server's time as far as the page knows it, in Unix milliseconds, or NaN. */
export const serverNow = () => now();

const isDoubtful = () => Math.abs((Date.now() - own) - (performance.now() - anchored)) > DOUBT_MS;

const clocks = scope => [
  ...(scope.matches?.(CLOCKS) ? [scope] : []), ...scope.querySelectorAll(CLOCKS)];

function showAll(scope = document) {
  for (const element of clocks(scope)) show(element, now());
}

async function ask() {
  if (asking) return;
  const address = document.querySelector('[data-page]')?.dataset.page ?? location.href;
  asking = true;
  try {
    const { answer, text } = await fetchWithin(LIMIT_MS, address, { headers: { Accept: 'text/html' } });
    if (answer.ok) anchor(parse(text));
    showAll();
  } catch {
    // Away: asked again at the next tick. Until then the page's own reckoning stands.
  }
  asking = false;
}

function tick(scope = document) {
  if (document.hidden) return;
  if ((Number.isNaN(server) || isDoubtful()) && clocks(scope).length) ask();
  showAll(scope);
}

/** Keep every countdown on the page right, also one that the server redraws later. */
export function countDown() {
  anchor(document);
  tick();
  setInterval(() => tick(), TICK_MS);
  document.addEventListener('live:applied', event => tick(event.detail ?? document));
  document.addEventListener('visibilitychange', () => tick());
}
