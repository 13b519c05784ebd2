// A claim is a lease that runs out. While somebody is writing an answer it is renewed: at the first
// key, every minute as long as the text changes, and once more when they pause, so that colleagues
// read that somebody is typing, and that nobody is any more.

import { asJson, fetchWithin } from './net.mjs';
import { apply } from './ops.mjs';
import { say } from './say.mjs';

const EVERY_MS = 60_000;
const PAUSE_MS = 15_000;
const LIMIT_MS = 10_000;

// What is opened for triage is renewed otherwise: see locks.mjs.
const CLAIMS = '[data-renew]:not(#opened > *)';

/** Address of the claim → what renews it next, what notices a pause, and if it was refused. */
const typing = new Map();

async function renew(url, fields) {
  const csrf = document.querySelector('#staff-form [name="csrf"]')?.value ?? '';
  const outcome = await fetchWithin(LIMIT_MS, url, {
    method: 'POST',
    body: new URLSearchParams({ csrf, ...fields }),
    headers: { Accept: 'application/json' },
  });
  const reply = asJson(outcome);
  apply(reply?.ops);
  if (outcome.answer.ok) return;
  // Somebody else has it now, or it ran out. Say so once; who writes on asks again in a minute.
  forget(url);
  typing.set(url, { refused: true, renewing: setTimeout(() => forget(url), EVERY_MS) });
  say(reply?.message);
}

function renewQuietly(url, fields) {
  renew(url, fields).catch(() => { /* tried again in a minute, or at the next key */ });
}

function forget(url) {
  clearInterval(typing.get(url)?.renewing);
  clearTimeout(typing.get(url)?.pausing);
  typing.delete(url);
}

const isOpen = url => [...document.querySelectorAll(CLAIMS)]
  .some(element => element.dataset.renew === url);

function begin(url) {
  renewQuietly(url, { typing: 1 });
  const renewing = setInterval(() => {
    if (isOpen(url)) renewQuietly(url, { typing: 1 });
    else forget(url);
  }, EVERY_MS);
  typing.set(url, { renewing });
}

function pause(url) {
  forget(url);
  if (isOpen(url)) renewQuietly(url, {});
}

/** Renew the claims of this page for as long as their answers are being written. */
export function renewLeases() {
  document.addEventListener('input', event => {
    const url = event.target.closest?.(CLAIMS)?.dataset.renew;
    if (!url) return;
    if (!typing.has(url)) begin(url);
    const state = typing.get(url);
    if (state.refused) return;
    clearTimeout(state.pausing);
    state.pausing = setTimeout(() => pause(url), PAUSE_MS);
  });
  // An answer that has been sent needs no claim, and its renewal would only be refused.
  document.addEventListener('submit', event => {
    const url = event.target.closest?.(CLAIMS)?.dataset.renew;
    if (url) forget(url);
  });
}
