// Nothing moves under the hand. The hand is where the pointer was last moved to, else where the focus
// is; for somebody who works by keyboard, wherever the pointer lies. What is read is the question
// that is there.
//
// New questions for a list that is being worked in wait behind the button #arrived ("3 new"), in
// their places but out of sight. A question that goes away above the hand leaves a gap of its own
// height, closed once the hand is elsewhere. Whatever else changes above is made up for by
// scrolling. The markup of a list: <ol data-keys>, of which every <li id> is a question.

import { sift } from './filter.mjs';
import { focusOn } from './focus.mjs';
import { keepStill, onLeaving } from './ops.mjs';
import { say } from './say.mjs';
import { counted } from './words.mjs';

const LISTS = 'ol[data-keys]:not(#opened)';
const SETTLE_MS = 1_000;
const SAID_AGAIN_MS = 20_000;
const OWN_MS = 10_000;

const watched = new WeakSet();
/** Numbers of questions that this viewer has just moved → when. Their own doing never waits. */
const own = new Map();
let isPointing = false;
let settling = null;
let said = -SAID_AGAIN_MS;

const button = () => document.getElementById('arrived');
const held = () => [...document.querySelectorAll('[data-held]')];
const isShown = item => !item.matches('[data-held], [data-filtered], [data-gap]');
const numberOf = item => /^question-(\d+)$/.exec(item.getAttribute?.('id') ?? '')?.[1];

/** Question `number` is about to be moved by the person who sits here. */
export function expect(number) {
  own.set(String(number), performance.now());
}

const isExpected = item => performance.now() - (own.get(numberOf(item)) ?? -OWN_MS) < OWN_MS;

/** The question that is under the hand, or null. */
function atHand() {
  return (isPointing && document.querySelector(`${LISTS} > li:hover`))
    || (document.activeElement?.closest(`${LISTS} > li`) ?? null);
}

function isWorkedIn(list) {
  if (list.contains(document.activeElement) || (isPointing && list.matches(':hover'))) return true;
  return list.getBoundingClientRect().top < 0;
}

function label() {
  const place = button();
  if (!place) return;
  const count = held().filter(item => !item.matches('[data-filtered]')).length;
  if (count) {
    const text = counted('arrived', count);
    if (place.textContent !== text) place.textContent = text;
    if (performance.now() - said >= SAID_AGAIN_MS) {
      said = performance.now();
      say(text);
    }
  } else {
    said = -SAID_AGAIN_MS;
  }
  // Hiding the button under somebody's focus would throw them to the top of the page.
  if (count || document.activeElement !== place) place.hidden = !count;
}

function release(items) {
  for (const item of items) item.removeAttribute('data-held');
  label();
}

/** Show what has come, and lead to the first of it. False where nothing has. */
export function bringIn() {
  const items = held();
  const first = items.find(item => !item.matches('[data-filtered]'));
  closeGaps();
  release(items);
  if (!first) return false;
  focusOn(first.querySelector('[data-focus="title"]') ?? first, { scroll: false });
  first.scrollIntoView({ block: 'nearest' });
  return true;
}

/** Hold back those of the nodes `added` to a list that would come in under the hand. */
function arrived(list, added, removed) {
  // What was drawn anew, or moved within its list, was there already.
  const known = new Set(removed.map(numberOf));
  const fresh = [...new Set(added)].filter(
    item => item.isConnected && numberOf(item) && !known.has(numberOf(item)));
  if (!fresh.length) return;
  fresh.forEach(sift);
  const isEmpty = ![...list.children].some(item => isShown(item) && !fresh.includes(item));
  if (!isEmpty && isWorkedIn(list)) {
    for (const item of fresh) if (!isExpected(item)) item.setAttribute('data-held', '');
  }
  label();
}

/** A place that keeps the height of the question that was there. */
function leaveGap(item) {
  const hand = atHand();
  if (!hand || !item.matches(`${LISTS} > li`) || !isShown(item)) return;
  // With the question one is at by keyboard gone, the next one takes its place under the eyes.
  if (hand === item && !isPointing) return;
  const { top, bottom, height } = item.getBoundingClientRect();
  if (bottom <= 0 || top >= innerHeight) return;
  const gap = document.createElement('li');
  gap.className = 'ask-gap';
  gap.dataset.gap = '';
  gap.setAttribute('aria-hidden', 'true');
  gap.style.height = `${height}px`;
  gap.style.marginBottom = getComputedStyle(item).marginBottom;
  item.before(gap);
}

function closeGaps(gaps = document.querySelectorAll('[data-gap]')) {
  if (gaps.length) still(() => gaps.forEach(gap => gap.remove()));
}

/** What is under the hand within the opened question, or null. */
function inOpened() {
  if (isPointing) return [...document.querySelectorAll('#opened :hover')].at(-1) ?? null;
  return document.activeElement?.closest('#opened') ? document.activeElement : null;
}

/** Move what `element` stands in, so that it is `by` pixels higher. */
function moveUp(element, by) {
  const column = element.closest('.ask-opened');
  const scrolls = column && column.scrollHeight > column.clientHeight
    && getComputedStyle(column).overflowY !== 'visible';
  if (scrolls) column.scrollTop += by;
  else scrollBy({ top: by, behavior: 'instant' });
}

/** Make `change`, and scroll so that what is under the hand stays where it is. */
function still(change) {
  const hand = atHand() ?? inOpened();
  const before = hand?.getBoundingClientRect().top;
  change();
  if (!hand?.isConnected) return;
  const moved = hand.getBoundingClientRect().top - before;
  if (Math.abs(moved) >= 1) moveUp(hand, moved);
}

/** The hand has gone elsewhere: what waits comes in, and gaps close. */
function settle() {
  settling = null;
  const lists = [...document.querySelectorAll(LISTS)];
  const idle = new Set(lists.filter(list => !isWorkedIn(list)));
  release(held().filter(item => idle.has(item.parentElement)));
  closeGaps([...document.querySelectorAll('[data-gap]')].filter(gap => {
    const { top, bottom } = gap.getBoundingClientRect();
    return idle.has(gap.parentElement) || bottom <= 0 || top >= innerHeight;
  }));
}

function settleSoon() {
  if (settling || !document.querySelector('[data-held], [data-gap]')) return;
  settling = setTimeout(settle, SETTLE_MS);
}

function watch(list) {
  if (watched.has(list)) return;
  watched.add(list);
  new MutationObserver(records => {
    arrived(list, records.flatMap(record => [...record.addedNodes]),
      records.flatMap(record => [...record.removedNodes]));
    if (![...list.children].some(isShown)) release(held().filter(item => item.parentElement === list));
  }).observe(list, { childList: true });
}

/** Watch every list of the page, also one that the server draws later. */
export function holdArrivals() {
  if (!button()) return;
  const watchAll = () => document.querySelectorAll(LISTS).forEach(watch);
  watchAll();
  document.addEventListener('live:applied', event => {
    if (!event.detail?.closest?.(LISTS)) watchAll();
    if (document.querySelector('[data-held]') || !button().hidden) label();
  });
  document.addEventListener('live:sending', event => {
    const number = /\/questions\/(\d+)\/[a-z]+$/.exec(event.detail.address.pathname)?.[1];
    if (number) expect(number);
  });
  for (const name of ['pointermove', 'pointerdown']) {
    addEventListener(name, event => { isPointing = event.pointerType === 'mouse'; settleSoon(); },
      { passive: true });
  }
  addEventListener('keydown', () => { isPointing = false; }, true);
  for (const name of ['focusin', 'focusout', 'scroll']) {
    document.addEventListener(name, settleSoon, { passive: true });
  }
  document.documentElement.addEventListener('pointerleave', () => {
    isPointing = false;
    settleSoon();
  });
  button().addEventListener('click', bringIn);
  button().addEventListener('blur', label);
  onLeaving(leaveGap);
  keepStill(still);
}
