// What is being written is kept in the store, not only in this tab: a few seconds after each change,
// and on leaving. Whoever opens the question again, here or in another browser, finds it there.

import { asJson, fetchWithin } from './net.mjs';
import { say } from './say.mjs';

const QUIET_MS = 1_500;
const OFTEN_MS = 4_000;
const LIMIT_MS = 10_000;
const SENT_MS = 5_000;

const WRITERS = 'form[data-composer][data-keep]';

const words = document.getElementById('desk-words')?.dataset ?? {};

/** Form → {timer, since, last}: what keeps it next, since when it waits, and what was kept last. */
const states = new WeakMap();

const textOf = form => form.querySelector('textarea[name="text"]');
const noteOf = form => form.querySelector('[data-kept-note]');
const langOf = form => form.querySelector('[name="lang"]');

function stateOf(form) {
  if (!states.has(form)) states.set(form, { timer: null, since: 0, last: textOf(form).defaultValue });
  return states.get(form);
}

function note(form, text) {
  const line = noteOf(form);
  if (line && line.textContent !== text) line.textContent = text;
}

async function keep(form, { leaving = false } = {}) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = null;
  state.since = 0;
  const text = textOf(form).value;
  if (text === state.last || (!form.isConnected && !leaving)) return;
  const body = new URLSearchParams(new FormData(form));
  let outcome = null;
  try {
    outcome = await fetchWithin(LIMIT_MS, form.dataset.keep, {
      method: 'POST', body, headers: { Accept: 'application/json' }, keepalive: leaving,
    });
  } catch {
    // No answer: tried again until there is one.
  }
  const reply = outcome && asJson(outcome);
  if (reply && outcome.answer.ok) {
    state.last = text;
    note(form, text ? (words.keptNow ?? '').replace('%t', reply.at) : '');
  } else if (reply && outcome.answer.status < 500) {
    note(form, reply.message ?? '');
  } else if (form.isConnected) {
    note(form, words.notKept ?? '');
    schedule(form, OFTEN_MS);
  }
}

/** Keep `form` after a quiet moment, and while somebody types on and on every few seconds. */
function schedule(form, quiet = QUIET_MS) {
  const state = stateOf(form);
  state.since ||= performance.now();
  const left = Math.max(0, OFTEN_MS - (performance.now() - state.since));
  clearTimeout(state.timer);
  state.timer = setTimeout(() => keep(form), Math.max(Math.min(quiet, left), 0));
}

const writerOf = event => event.target.closest?.(WRITERS);

/** Put what was kept into `form`, unless somebody has begun to write in it. */
async function bring(form) {
  const text = textOf(form);
  const before = text.value;
  let outcome = null;
  try {
    outcome = await fetchWithin(LIMIT_MS, form.dataset.kept, {
      headers: { Accept: 'application/json' },
    });
  } catch {
    return;
  }
  const kept = outcome.answer.ok ? asJson(outcome) : null;
  if (!kept?.text || text.value !== before || kept.text === before) return;
  text.value = kept.text;
  stateOf(form).last = kept.text;
  const lang = langOf(form);
  if (lang?.localName === 'select' && kept.lang) {
    lang.value = kept.lang;
    text.lang = kept.lang;
  }
  note(form, words.brought ?? '');
  say(words.brought);
}

const brought = new WeakSet();

function bringOnce(form) {
  if (brought.has(form)) return;
  brought.add(form);
  bring(form);
}

/** Keep what is written on this page, and bring what was kept wherever one goes on writing. */
export function keepWriting() {
  // What the page was drawn with has it already.
  for (const form of document.querySelectorAll(`#claims ${WRITERS}`)) brought.add(form);
  document.addEventListener('live:applied', () => {
    document.querySelectorAll(`#claims ${WRITERS}`).forEach(bringOnce);
  });
  document.addEventListener('toggle', event => {
    if (!event.target.open) return;
    event.target.querySelectorAll(`:scope > ${WRITERS}`).forEach(bringOnce);
  }, true);
  document.addEventListener('input', event => {
    const form = writerOf(event);
    if (form) schedule(form);
  });
  document.addEventListener('submit', event => {
    const form = writerOf(event);
    if (!form) return;
    // Sent, it need not be kept; refused, it is kept again.
    const state = stateOf(form);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => keep(form), SENT_MS);
  });
  const leave = () => {
    for (const form of document.querySelectorAll(WRITERS)) {
      if (states.has(form)) keep(form, { leaving: true });
    }
  };
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => { if (document.hidden) leave(); });
}
