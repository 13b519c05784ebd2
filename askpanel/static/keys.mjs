// The keyboard of the staff's screens. A key gives the command that keymap.mjs says, on the question
// one is at: on its card in a list marked `data-keys`, or on the opened question in `#opened`.
//
// A control says what it is for by `data-focus`, the command, or by `data-key`, the key that the
// command has at the server. Where a card has no such control, the question is opened first (its control `open`), and
// what was asked for is opened or focused once the box `#open-7` arrives. Never pressed: it is a
// box that nobody has seen yet. Within an opened <details>, a digit chooses and sends a reason.

import { bringIn } from './arrivals.mjs';
import { selectAt } from './bulk.mjs';
import { focusOn } from './focus.mjs';
import { areKeysOn, commandOf, readKeymap, showKeys } from './keymap.mjs';
import { undoLast } from './undo.mjs';

const LATEST_MS = 10_000;
const OPEN = { command: 'open', drawn: 'o' };
const CLOSE = { command: 'close', drawn: 'c' };
const TYPING = 'textarea, select, [contenteditable], '
  + 'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"])';

/** What is to be done in a box that has been asked for: {number, id, asked, digit, at}. */
let awaited = null;

const titleOf = item => item.querySelector('[data-focus="title"]') ?? item;
const isHere = item => item.localName === 'li' && item.checkVisibility();
const numberOf = item => /^(?:question|open|claim)-(\d+)$/.exec(item?.getAttribute('id') ?? '')?.[1];

/** The question that `element` is in. */
function itemOf(element) {
  const list = element.closest?.('[data-keys], #opened, #claims');
  return list && [...list.children].find(item => item.contains(element));
}

function move(item, step) {
  let next = item?.[step];
  while (next && !isHere(next)) next = next[step];
  if (next) focusOn(titleOf(next));
}

/** From nowhere, or from the opened question, the way leads into the first list with something. */
function enter(number) {
  const card = number && document.getElementById(`question-${number}`);
  const first = card ?? [...document.querySelectorAll('ol[data-keys] > li')].find(isHere);
  if (first) focusOn(titleOf(first));
}

/** Open what a summary leads to and go there; press anything else, or only go there. */
function use(control, { pressed = true } = {}) {
  const details = control.localName === 'summary' ? control.parentElement : null;
  if (details) {
    if (pressed || !details.open) details.open = !details.open || !pressed;
    const field = details.open && details.querySelector(
      'select, textarea, input:not([type="hidden"]), button');
    (field || control).focus();
  } else if (pressed) {
    control.click();
  } else {
    control.focus();
  }
}

function find(item, { command, drawn }) {
  const controls = [...item?.querySelectorAll('[data-key]') ?? []].filter(
    control => control.checkVisibility());
  return controls.find(control => command && control.dataset.focus === command)
    ?? controls.find(control => control.dataset.key === drawn);
}

/** Ask for the box of a question, to go on in it. */
function openFor(item, asked) {
  const opener = find(item, OPEN);
  if (!opener) return false;
  const number = numberOf(item);
  awaited = { number, id: `open-${number}`, asked, digit: '', at: performance.now() };
  opener.click();
  return true;
}

function perform(item, asked) {
  const number = numberOf(item);
  const box = number && document.getElementById(`open-${number}`);
  const control = find(item, asked) ?? (box && find(box, asked));
  if (asked.command === 'open') {
    if (box) focusOn(titleOf(box));
    else return openFor(item, null);
  } else if (control) {
    use(control);
  } else {
    return Boolean(item && asked.command) && !box && openFor(item, asked);
  }
  return true;
}

/** The box has come: go on with what it was opened for. */
function resume() {
  const box = awaited && document.getElementById(awaited.id);
  if (!box) return;
  const { asked, digit, at } = awaited;
  awaited = null;
  if (performance.now() - at > LATEST_MS) return;
  const control = asked && find(box, asked);
  if (!control) {
    focusOn(box.querySelector('#claims textarea') ?? titleOf(box));
    return;
  }
  use(control, { pressed: false });
  if (digit) choose(control.closest('details'), digit);
}

/** Whoever opens or claims a question is led to its box, which may be out of sight. */
function follow({ detail }) {
  const [, number, command] = /\/questions\/(\d+)\/(lock|claim)$/.exec(detail.address.pathname) ?? [];
  if (!number || awaited?.number === number) return;
  const id = command === 'claim' ? `claim-${number}` : `open-${number}`;
  awaited = { number, id, asked: null, digit: '', at: performance.now() };
}

/** Choose the reason with this digit and send it. */
function choose(details, digit) {
  const choice = details?.querySelector(`[data-key="${digit}"]`);
  if (!choice) return false;
  if (choice.localName === 'option') choice.selected = true;
  else if (choice.type === 'radio') choice.checked = true;
  if (choice.localName === 'button') choice.click();
  else (choice.form ?? choice.closest('form')).requestSubmit();
  return true;
}

function press(digit, target) {
  if (awaited?.asked && performance.now() - awaited.at <= LATEST_MS) {
    awaited.digit = digit;
    return true;
  }
  return !target.matches('textarea, input[type="text"], input:not([type])')
    && choose(target.closest('details[open]'), digit);
}

const search = () => {
  const field = document.querySelector('#filters [name="q"]');
  field?.closest('details')?.setAttribute('open', '');
  field?.focus();
  field?.select();
  return Boolean(field);
};

/** Commands that have no question. */
const ANYWHERE = new Map([
  ['help', showKeys],
  ['search', search],
  ['new', bringIn],
  ['undo', undoLast],
]);

/** Close what is open here: the part of a question first, then the question. */
function close(target) {
  const details = target.closest('details[open]');
  const item = itemOf(target);
  if (details && item) {
    details.open = false;
    details.querySelector('summary').focus();
    return true;
  }
  const closer = target.closest('[id^="open-"]') && find(item, CLOSE);
  if (!closer) return false;
  closer.click();
  return true;
}

function handle(event) {
  const { target, key, shiftKey } = event;
  const item = itemOf(target);
  if (key === 'Enter') {
    return item && target === titleOf(item) && perform(item, OPEN);
  }
  if (key.length !== 1) return false;
  if (/^\d$/.test(key) && press(key, target)) return true;
  const asked = commandOf(key.toLowerCase());
  if (!asked) return false;
  const { command } = asked;
  if (command === 'select') return Boolean(item) && selectAt(item, shiftKey);
  if (shiftKey && key !== key.toLowerCase()) return false;
  if (ANYWHERE.has(command)) return ANYWHERE.get(command)();
  const isInPlace = item || target === document.body;
  if (command === 'next' || command === 'previous') {
    if (!isInPlace) return false;
    if (item?.closest('#opened') || !item) enter(numberOf(item));
    else move(item, command === 'next' ? 'nextElementSibling' : 'previousElementSibling');
    return true;
  }
  return Boolean(item) && perform(item, asked);
}

function listen(event) {
  if (event.defaultPrevented || event.repeat || event.isComposing || !event.target.matches) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('dialog')) return;
  const isTyping = event.target.matches(TYPING);
  if (event.key === 'Escape') {
    if (close(event.target)) event.preventDefault();
    return;
  }
  if (!areKeysOn()) return;
  const isChoosing = event.target.localName === 'select' && /^\d$/.test(event.key);
  if (isTyping && !isChoosing) return;
  if (isTyping ? press(event.key, event.target) : handle(event)) event.preventDefault();
}

/** Listen for the keys of every list, also one that is drawn later. */
export function listenForKeys() {
  readKeymap();
  document.addEventListener('keydown', listen);
  document.addEventListener('live:sending', follow);
  document.addEventListener('live:applied', resume);
  document.addEventListener('click', event => {
    const start = event.target.closest?.('[data-keys-start]');
    const list = start && document.getElementById(start.dataset.keysStart);
    const first = list && [...list.children].find(isHere);
    if (first) focusOn(titleOf(first));
  });
}
