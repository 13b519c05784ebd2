// "Your questions" on a screen that others may see: what one press has hidden stays hidden, in this
// tab, whatever the server draws anew; news are told by the title and, if somebody chooses it, by a
// sound; and when the time has come the page forgets them, as the server does.

import { tellOfNews } from './answered.mjs';
import { serverNow } from './countdown.mjs';
import { forgetKept } from './exit.mjs';
import { fetchWithin } from './net.mjs';

const STORED = 'askpanel-hidden';
const HIDING = 'details[id="yours"], .ask-reply[id]';
const LOOK_MS = 15_000;
const SPREAD_MS = 60_000;
const LIMIT_MS = 15_000;

const list = () => document.getElementById('mine');

function hiddenIds() {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(STORED)) ?? []);
  } catch {
    return new Set();
  }
}

function keepHidden(ids) {
  try {
    if (ids.size) sessionStorage.setItem(STORED, JSON.stringify([...ids]));
    else sessionStorage.removeItem(STORED);
  } catch {
    // Storage may be forbidden; what is hidden then shows again when the page is loaded again.
  }
}

const idOf = element => element.getAttribute('id');

/** The parts of the page that were hidden are hidden again, if they were drawn anew. */
function hideAgain() {
  const ids = hiddenIds();
  if (!ids.size) return;
  for (const part of document.querySelectorAll(HIDING)) if (ids.has(idOf(part))) part.open = false;
}

/** Somebody has hidden or shown something. */
function chosen({ target }) {
  if (!target.matches?.(HIDING) || !target.isConnected) return;
  const ids = hiddenIds();
  if (target.open) ids.delete(idOf(target));
  else ids.add(idOf(target));
  keepHidden(ids);
}

/** When this browser forgets the questions, in milliseconds of the server's clock. */
const untilForgotten = () => Date.parse(
  document.getElementById('mine-keeping')?.dataset.untilForgotten ?? '');

/** Whether there is something that time has passed over. */
const isTime = () => list()?.children.length > 0 && serverNow() >= untilForgotten();

/** Forget what is on the page at once; the cookie goes with the next page that the server gives. */
function forget() {
  list().replaceChildren();
  list().dataset.current = '0';
  document.getElementById('urgent')?.replaceChildren();
  const notice = document.getElementById('mine-forgotten');
  if (notice) notice.hidden = false;
  forgetKept();
  document.dispatchEvent(new Event('live:forgotten'));
  const address = document.querySelector('[data-page]')?.dataset.page ?? location.href;
  // Everybody's time comes at once, but they need not all come.
  setTimeout(() => {
    fetchWithin(LIMIT_MS, address, { headers: { Accept: 'text/html' } }).catch(() => {});
  }, Math.random() * SPREAD_MS);
}

function look() {
  if (isTime()) forget();
}

function begin() {
  hideAgain();
  // Until now all were hidden, so that nothing shows for a moment while the page loads.
  document.body.classList.remove('ask-hiding');
  document.addEventListener('toggle', chosen, true);
  document.addEventListener('live:applied', hideAgain);
  document.addEventListener('submit', ({ target }) => {
    if (target.matches('[data-forget]')) forgetKept();
  });
  setInterval(look, LOOK_MS);
  document.addEventListener('visibilitychange', look);
  addEventListener('pageshow', ({ persisted }) => {
    // Kept whole by the browser, for whoever presses Back: only the server knows whose they are.
    if (persisted && list()?.children.length) location.reload();
  });
  tellOfNews();
}

if (list()) begin();
