// What a screen reader says when there are new answers: the whole of them, only how many, or nothing.
// By itself the log is a polite live region that reads what is added to it. The choice is for this
// tab, and is forgotten with all that is kept in it by Exit (exit.mjs).

import { say } from './say.mjs';
import { counted } from './words.mjs';

const KEPT = 'askpanel-aloud';
const TOGETHER_MS = 1_000;

let mode = 'full';
let count = 0;
let telling = null;

/** Whether the log itself reads out what is added to it. */
export const readsAll = () => mode === 'full';

/** Have `log` read out what is added to it, or not, as was chosen. */
export function settle(log) {
  if (readsAll()) log.removeAttribute('aria-live');
  else log.setAttribute('aria-live', 'off');
}

/** An answer has come that was not on the page before, and that the reader wants to read. */
export function tellArrival() {
  if (mode !== 'count') return;
  count += 1;
  telling ??= setTimeout(() => {
    const found = count;
    count = 0;
    telling = null;
    if (mode === 'count') say(counted('new', found));
  }, TOGETHER_MS);
}

/** The tab's storage; a browser may keep it from us. */
function stored(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

function choose(value) {
  mode = value;
  document.querySelectorAll('[role="log"]').forEach(settle);
}

/** Show the choice, as it was made in this tab before. */
export function offerAloud() {
  const box = document.getElementById('aloud');
  if (!box) return;
  const kept = stored(storage => storage.getItem(KEPT));
  const radio = [...box.querySelectorAll('input')].find(each => each.value === kept);
  if (radio) {
    radio.checked = true;
    choose(kept);
  }
  box.addEventListener('change', event => {
    choose(event.target.value);
    stored(storage => storage.setItem(KEPT, mode));
  });
  box.hidden = false;
}
