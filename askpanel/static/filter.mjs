// Which questions of the lists are shown, and in which order: by the form #filters, over the data
// attributes of the cards. The form is the one that works without scripts, so its fields have the
// names of the page's parameters, and the address always says what is set. The rules are those of
// moderation/filters.py.
//
//   topic  lang  organisation   the attribute of the same name
//   flag   label                one of those in data-flags, data-labels
//   mine   "1"                  data-lock or data-hand is the viewer
//   list                        the list it stands on
//   q      words                these, in this order, in the question, its title or its details
//   sort   "age" or "priority"  the oldest first, or the most pressing first; else as they came
//
// How many are shown is said in #shown-NAME, by its `data-phrase`.

import { say } from './say.mjs';
import { counted, word } from './words.mjs';

const LISTS = 'ol[data-keys]:not(#opened)';
const NAMES = ['topic', 'lang', 'flag', 'organisation', 'label', 'mine', 'list', 'q', 'sort'];
const SAID_MS = 700;
const WRITTEN_MS = 300;
/** So many cards can come back into sight between two pictures without anybody waiting. */
const AT_ONCE = 100;

const form = document.getElementById('filters');
const username = document.querySelector('main')?.dataset.username ?? '';
const numbers = new Intl.NumberFormat(document.documentElement.lang || 'en');

/** Card → its text to search in; dropped when the card is redrawn. */
let texts = new WeakMap();
let wanted = new Map();
let speaking = null;
let writing = null;
let showing = null;

/** Card → its place in the order of coming. */
const came = new WeakMap();
let comings = 0;

const folded = text => text.normalize('NFC').toLowerCase();
const cards = () => [...document.querySelectorAll(`${LISTS} > li[id]`)];

function textOf(card) {
  if (!texts.has(card)) {
    const parts = card.querySelectorAll('[data-focus="title"], .ask-text, .ask-name');
    texts.set(card, folded([...parts].map(part => part.textContent).join('\n')));
  }
  return texts.get(card);
}

const among = (list, value) => (list ?? '').split(' ').includes(value);

const TESTS = {
  topic: (card, value) => card.dataset.topic === value,
  lang: (card, value) => card.dataset.lang === value,
  organisation: (card, value) => card.dataset.organisation === value,
  flag: (card, value) => among(card.dataset.flags, value),
  label: (card, value) => among(card.dataset.labels, value),
  mine: ({ dataset }) => [dataset.lock, dataset.hand].includes(username),
  list: (card, value) => card.parentElement?.id === `list-${value}`,
  q: (card, value) => textOf(card).includes(folded(value.trim())),
};

/** What the form asks for: name → value, without what is empty. */
function read() {
  wanted = new Map(NAMES
    .map(name => [name, [...form.elements].filter(field => field.name === name)
      .map(field => (['checkbox', 'radio'].includes(field.type) && !field.checked ? '' : field.value))
      .find(Boolean) ?? ''])
    .filter(([, value]) => value.trim()));
}

const tests = () => [...wanted].filter(([name]) => name in TESTS);

const isWanted = card => tests().every(([name, value]) => TESTS[name](card, value));

/** Show or hide `card` as the filter says. */
export function sift(card) {
  if (!form) return;
  const isHidden = !isWanted(card);
  if (card.hasAttribute('data-filtered') !== isHidden) card.toggleAttribute('data-filtered', isHidden);
}

/** Show or hide every card: what is to go at once, what is to come beginning with the first. */
function siftCards() {
  cancelAnimationFrame(showing);
  const coming = [];
  for (const card of cards()) {
    if (!card.hasAttribute('data-filtered')) sift(card);
    else if (isWanted(card)) coming.push(card);
  }
  function show() {
    for (const card of coming.splice(0, AT_ONCE)) sift(card);
    if (coming.length) showing = requestAnimationFrame(show);
  }
  show();
}

const ORDERS = {
  age: (one, other) => Number(one.dataset.age) - Number(other.dataset.age),
  priority: (one, other) => Number(other.dataset.priority) - Number(one.dataset.priority),
};

/** Put the cards of `list` in order; those that are, stay untouched, with focus and all. */
function sort(list) {
  const items = [...list.children].filter(item => item.dataset.age !== undefined);
  for (const item of items) if (!came.has(item)) came.set(item, comings += 1);
  const order = ORDERS[wanted.get('sort')] ?? (() => 0);
  const sorted = items.toSorted((one, other) => order(one, other) || came.get(one) - came.get(other));
  if (sorted.every((item, i) => item === items[i])) return;
  const focused = document.activeElement;
  list.append(...sorted);
  if (focused !== document.activeElement && list.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
}

const shownOf = items => items.filter(isWanted).length;

/** Say at every list how many of it are shown. */
function tell() {
  for (const list of document.querySelectorAll(LISTS)) {
    const place = document.getElementById(list.id.replace(/^list-/, 'shown-'));
    if (!place) continue;
    place.hidden = !tests().length;
    const items = [...list.children].filter(item => item.id);
    const text = (place.dataset.phrase ?? '%s / %n')
      .replace('%s', numbers.format(shownOf(items))).replace('%n', numbers.format(items.length));
    if (place.textContent !== text) place.textContent = text;
  }
}

function summary() {
  if (!tests().length) return word('allShown');
  const all = cards();
  return counted('shown', all.length).replace('%m', numbers.format(shownOf(all)));
}

/** Not at every key: with every change of its address the browser saves the state of the page. */
function writeAddress() {
  clearTimeout(writing);
  writing = null;
  const url = new URL(location.href);
  for (const name of NAMES) {
    if (wanted.has(name)) url.searchParams.set(name, wanted.get(name));
    else url.searchParams.delete(name);
  }
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}

function siftAll() {
  siftCards();
  document.querySelectorAll(LISTS).forEach(sort);
  tell();
  document.dispatchEvent(new CustomEvent('lists:sifted'));
}

/** What was typed is shown at once, and spoken of once it has been for a moment. */
function changed() {
  const before = wanted.get('sort');
  read();
  siftCards();
  if (before !== wanted.get('sort')) document.querySelectorAll(LISTS).forEach(sort);
  tell();
  clearTimeout(writing);
  writing = setTimeout(writeAddress, WRITTEN_MS);
  document.dispatchEvent(new CustomEvent('lists:sifted'));
  clearTimeout(speaking);
  speaking = setTimeout(() => say(summary()), SAID_MS);
}

/** A card or a list has been redrawn by the server. */
function redrawn(scope) {
  const list = scope?.closest?.(LISTS);
  if (!list) {
    if (!scope?.querySelector?.(LISTS)) return;
    texts = new WeakMap();
    siftAll();
    return;
  }
  const card = scope === list ? null : [...list.children].find(item => item.contains(scope));
  if (card) {
    texts.delete(card);
    sift(card);
  }
  if (wanted.has('sort')) sort(list);
  if (tests().length) tell();
}

/** Take the form over. */
export function filterLists() {
  if (!form) return;
  read();
  siftAll();
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('submit', event => {
    event.preventDefault();
    changed();
  });
  document.getElementById('filters-clear')?.addEventListener('click', event => {
    event.preventDefault();
    for (const field of form.elements) {
      if (field.type === 'checkbox') field.checked = false;
      else if (field.name) field.value = '';
    }
    changed();
  });
  addEventListener('pagehide', () => { if (writing) writeAddress(); });
  document.addEventListener('live:applied', event => redrawn(event.detail));
}
