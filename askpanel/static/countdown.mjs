// Time left, in elements marked `data-until`: whole minutes, so that nobody hears a clock tick.
//
// `data-until` and `data-now` are ISO 8601 or Unix milliseconds; `data-now` is the server's clock
// when it drew the page, and mends a wrong clock here. `data-phrase="%t left"` says what to do with
// the time, `data-over` what to say afterwards.

import { counted } from './words.mjs';

const TICK_MS = 5_000;
const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;

const instant = text => (/^\d+$/.test(text) ? Number(text) : Date.parse(text));

/** `minutes` in words: in hours from two hours on, in days from two days on. */
export function duration(minutes) {
  if (minutes >= 2 * DAY) return counted('days', Math.floor(minutes / DAY));
  if (minutes >= 2 * HOUR) return counted('hours', Math.floor(minutes / HOUR));
  return counted('minutes', minutes);
}

function show(element, now) {
  const left = Math.ceil((instant(element.dataset.until) - now) / MINUTE_MS);
  const text = left <= 0 && element.dataset.over !== undefined
    ? element.dataset.over
    : (element.dataset.phrase ?? '%t').replace('%t', duration(Math.max(0, left)));
  if (!Number.isNaN(left) && element.textContent !== text) element.textContent = text;
}

/** Keep every countdown on the page right, also one that the server redraws later. */
export function countDown() {
  const drawn = instant(document.querySelector('[data-now]')?.dataset.now ?? '');
  const skew = Number.isNaN(drawn) ? 0 : drawn - Date.now();
  const tick = () => {
    for (const element of document.querySelectorAll('[data-until]')) {
      show(element, Date.now() + skew);
    }
  };
  tick();
  setInterval(tick, TICK_MS);
  document.addEventListener('live:applied', tick);
}
