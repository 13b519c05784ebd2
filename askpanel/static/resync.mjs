// A run that cannot be resumed: fetch the page again and bring its live regions to what it says.
// Nothing is reloaded, so typed text, focus, scroll and opened details stay.

import { readsAll, settle } from './aloud.mjs';
import { fetchWithin } from './net.mjs';
import { parse, redrawAs } from './ops.mjs';
import { say } from './say.mjs';
import { counted } from './words.mjs';

const LIMIT_MS = 15_000;
const QUIET_MS = 1_000;

const ENDED = new Map([[401, 'signedOut'], [403, 'refused'], [404, 'gone'], [410, 'gone']]);

/** Thrown when there is no use in trying again; `status` names the words to show. */
export class Ended extends Error {
  constructor(status) {
    super(status);
    this.status = status;
  }
}

async function fetchPage(url) {
  const { answer, text } = await fetchWithin(LIMIT_MS, url, { headers: { Accept: 'text/html' } });
  if (ENDED.has(answer.status)) throw new Ended(ENDED.get(answer.status));
  if (!answer.ok) throw new Error(`page answered ${answer.status}`);
  const page = parse(text);
  if (!page.querySelector('[data-position]')) {
    if (answer.redirected) throw new Ended('signedOut');
    throw new Error('page has no position');
  }
  return page;
}

const outermost = region => !region.parentElement?.closest('[data-resync]');

/** Keep a screen reader from reading out everything that was missed, one by one. */
function hush() {
  const logs = [...document.querySelectorAll('[role="log"]')];
  logs.forEach(log => log.setAttribute('aria-live', 'off'));
  setTimeout(() => logs.forEach(settle), QUIET_MS);
}

const items = () => new Set(
  [...document.querySelectorAll('[data-new] > [id]:not([data-filtered])')].map(item => item.getAttribute('id')));

/** Redraw the elements marked `data-resync` from the page at `url`; return where it stands. */
export async function resyncFrom(url) {
  const page = await fetchPage(url);
  const before = items();
  hush();
  for (const region of document.querySelectorAll('[data-resync][id]')) {
    if (region.isConnected && outermost(region)) {
      redrawAs(region, page.getElementById(region.getAttribute('id')));
    }
  }
  const missed = [...items()].filter(id => !before.has(id)).length;
  if (missed && readsAll()) say(counted('new', missed));
  const { position, epoch } = page.querySelector('[data-position]').dataset;
  return { position: Number(position), epoch };
}
