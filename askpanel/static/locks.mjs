// The opened question is a lock that runs out: <li id="open-7" data-renew="…/questions/7/lock"> in
// #opened. It is renewed every minute while the person who opened it is at work on the page, with
// what they are doing there (the nearest `data-doing`, else "reading"). Opening another question
// gives the one before back, unless something was written in it; leaving the page gives back all.

import { asJson, fetchWithin } from './net.mjs';
import { apply } from './ops.mjs';
import { say } from './say.mjs';
import { isTyped } from './typed.mjs';

const EVERY_MS = 60_000;
const RECENT_MS = 120_000;
const LIMIT_MS = 10_000;
const CHANGE_MS = 1_000;
const READING = 'reading';
const BOXES = '#opened > [data-renew]';

/** Address of the lock → what we have said last that we are doing. */
const told = new Map();
let active = performance.now();
let changing = null;

const boxes = () => [...document.querySelectorAll(BOXES)];
const token = () => document.querySelector('#staff-form [name="csrf"]')?.value ?? '';
const unlockOf = box => new URL(
  box.dataset.renew.replace(/\/lock$/, '/unlock'), location.href).href;
const isWritten = box => [...box.querySelectorAll('textarea, input[type="text"], input:not([type])')]
  .some(isTyped);

function doingIn(box) {
  const focused = box.contains(document.activeElement) ? document.activeElement : null;
  const place = focused?.closest('[data-doing]') ?? box.querySelector('details[open][data-doing]');
  return place?.dataset.doing ?? READING;
}

async function post(url, fields) {
  const outcome = await fetchWithin(LIMIT_MS, url, {
    method: 'POST',
    body: new URLSearchParams({ csrf: token(), ...fields }),
    headers: { Accept: 'application/json' },
  });
  const reply = asJson(outcome);
  apply(reply?.ops);
  return { isDone: outcome.answer.ok, reply };
}

async function renew(box) {
  const url = box.dataset.renew;
  const doing = doingIn(box);
  told.set(url, doing);
  const { isDone, reply } = await post(url, { doing });
  if (!isDone) say(reply?.message);
}

/** A renewal that is lost is made up for by the next one. */
const tryTo = promise => promise.catch(() => {});

function renewAll() {
  if (document.hidden || performance.now() - active > RECENT_MS) return;
  for (const box of boxes()) tryTo(renew(box));
}

/** Colleagues see what is being done, once it has been for a moment. */
function tellDoing() {
  clearTimeout(changing);
  changing = setTimeout(() => {
    for (const box of boxes()) {
      if (doingIn(box) !== (told.get(box.dataset.renew) ?? READING)) tryTo(renew(box));
    }
  }, CHANGE_MS);
}

let open = new Set();

/** A box has come: those before it are given back. */
function compare() {
  const now = boxes();
  const hasNew = now.some(box => !open.has(box.getAttribute('id')));
  const before = now.filter(box => open.has(box.getAttribute('id')));
  open = new Set(now.map(box => box.getAttribute('id')));
  for (const url of told.keys()) if (!now.some(box => box.dataset.renew === url)) told.delete(url);
  if (!hasNew) return;
  for (const box of before) if (!isWritten(box)) tryTo(post(unlockOf(box), {}));
}

function leave() {
  for (const box of boxes()) {
    navigator.sendBeacon(unlockOf(box), new URLSearchParams({ csrf: token() }));
  }
}

/** Keep the opened questions for as long as they are being worked on. */
export function keepLocks() {
  const place = document.getElementById('opened');
  if (!place) return;
  open = new Set(boxes().map(box => box.getAttribute('id')));
  for (const name of ['keydown', 'pointerdown', 'pointermove', 'input', 'scroll']) {
    addEventListener(name, () => { active = performance.now(); }, { passive: true });
  }
  place.addEventListener('focusin', tellDoing);
  place.addEventListener('toggle', tellDoing, true);
  document.addEventListener('live:applied', ({ detail }) => {
    if (!detail || place.contains(detail) || detail.contains(place)) compare();
  });
  setInterval(renewAll, EVERY_MS);
  addEventListener('pagehide', leave);
}
