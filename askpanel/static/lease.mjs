// A claim is a lease that runs out. While somebody is writing an answer it is renewed: every
// minute, if the text in an element marked `data-renew` has changed in the last two.

import { asJson, fetchWithin } from './net.mjs';
import { apply } from './ops.mjs';
import { say } from './say.mjs';

const EVERY_MS = 60_000;
const RECENT_MS = 120_000;
const LIMIT_MS = 10_000;

/** Address of the claim → when its text was last changed, by a clock that nobody can set. */
const edited = new Map();

async function renew(url) {
  const csrf = document.querySelector('#staff-form [name="csrf"]')?.value ?? '';
  const outcome = await fetchWithin(LIMIT_MS, url, {
    method: 'POST', body: new URLSearchParams({ csrf }), headers: { Accept: 'application/json' },
  });
  const reply = asJson(outcome);
  apply(reply?.ops);
  if (outcome.answer.ok) return;
  // Somebody else has it now, or it ran out. Say so once; writing on asks again.
  edited.delete(url);
  say(reply?.message);
}

function renewAll() {
  const open = new Set(
    [...document.querySelectorAll('[data-renew]')].map(element => element.dataset.renew));
  for (const [url, at] of edited) {
    if (!open.has(url)) edited.delete(url);
    else if (performance.now() - at <= RECENT_MS) renew(url).catch(() => { /* tried again in a minute */ });
  }
}

/** Renew the claims of this page for as long as their answers are being written. */
export function renewLeases() {
  document.addEventListener('input', event => {
    const url = event.target.closest?.('[data-renew]')?.dataset.renew;
    if (url) edited.set(url, performance.now());
  });
  setInterval(renewAll, EVERY_MS);
}
