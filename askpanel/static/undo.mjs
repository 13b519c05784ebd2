// Taking back what was done last, on the spot: for ten seconds the line #undone says what it was,
// with a button. The clock stands still while the pointer is on the line or the focus in it (WCAG
// 2.2.1), and the history of the session can undo the same for as long as the session lasts.
//
// The answer to a command that can be undone has `undo: {position, say}`, and one to several
// commands a list of them, each with its `number`.

import { expect } from './arrivals.mjs';
import { focusOn } from './focus.mjs';
import { asJson, fetchWithin } from './net.mjs';
import { apply } from './ops.mjs';
import { say } from './say.mjs';
import { word } from './words.mjs';

const FOR_MS = 10_000;
const LIMIT_MS = 10_000;
const RETURN_MS = 5_000;

/** What can still be undone here, the last one last: {address, number, position, said, until}. */
let done = [];
let timer = null;
let paused = null;
/** The question that was put back, and is to have the focus once it is there. */
let returning = null;

const line = () => document.getElementById('undone');
const button = () => document.getElementById('undo');

const about = ({ number, said }) => word('about').replace('%n', number).replace('%s', said);

function show(text = '') {
  const last = done.at(-1);
  document.getElementById('undone-said').textContent = last ? about(last) : text;
  // A button that goes away takes the focus along; whoever pressed it goes to the question.
  button().hidden = !last;
  clearTimeout(timer);
  if (last && paused === null) timer = setTimeout(forget, last.until - performance.now());
}

function forget() {
  const now = performance.now();
  done = done.filter(each => each.until > now);
  show();
}

function pause() {
  paused ??= performance.now();
  clearTimeout(timer);
}

function goOn() {
  if (paused === null || line().matches(':hover, :focus-within')) return;
  const waited = performance.now() - paused;
  paused = null;
  for (const each of done) each.until += waited;
  forget();
}

/** The same command's address, with `undo` for the command and perhaps another question. */
function addressOf(sent, number) {
  const url = new URL(sent);
  url.search = '';
  url.pathname = url.pathname.replace(/\/(?:questions\/\d+|bulk)\/[a-z]+$/, `/questions/${number}/undo`);
  return url.href;
}

function sent({ detail }) {
  const { undo, address, number } = detail;
  const found = [undo ?? []].flat();
  if (!found.length) {
    if (detail.outcome) show(detail.outcome);
    return;
  }
  const until = performance.now() + FOR_MS;
  for (const each of found) {
    const which = each.number ?? number;
    done.push({ ...each, said: each.say, number: which, until, address: addressOf(address, which) });
  }
  show();
}

function arrive() {
  const card = returning && document.getElementById(`question-${returning.number}`);
  if (!card) return;
  const { at } = returning;
  returning = null;
  if (performance.now() - at > RETURN_MS) return;
  focusOn(card.querySelector('[data-focus="title"]') ?? card, { scroll: false });
  card.scrollIntoView({ block: 'nearest' });
}

async function send(last) {
  const csrf = document.querySelector('#staff-form [name="csrf"]')?.value ?? '';
  const body = new URLSearchParams({ csrf, position: last.position });
  expect(last.number);
  let outcome = null;
  try {
    outcome = await fetchWithin(LIMIT_MS, last.address, {
      method: 'POST', body, headers: { Accept: 'application/json' },
    });
  } catch {
    // Whether it was undone is unknown; trying again is refused if it was.
  }
  const reply = outcome && asJson(outcome);
  if (!outcome?.answer.ok) {
    const message = reply?.message ?? word('unsent');
    if (!reply) done.push({ ...last, until: performance.now() + FOR_MS });
    show(message);
    say(message);
    return;
  }
  returning = { number: last.number, at: performance.now() };
  apply(reply?.ops);
  say(reply?.say);
  show();
  arrive();
}

/** Undo the last command of this page that can be; say so where there is none. */
export function undoLast() {
  if (!line()) return false;
  const last = done.pop();
  if (last) send(last);
  else say(word('nothingToUndo'));
  show();
  return true;
}

/** Offer to undo whatever the forms of this page do. */
export function offerUndo() {
  if (!line()) return;
  document.addEventListener('live:sent', sent);
  document.addEventListener('live:applied', arrive);
  button().addEventListener('click', undoLast);
  for (const name of ['pointerenter', 'focusin']) line().addEventListener(name, pause);
  for (const name of ['pointerleave', 'focusout']) {
    line().addEventListener(name, () => setTimeout(goOn));
  }
}
