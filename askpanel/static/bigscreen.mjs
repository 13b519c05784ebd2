// The big screen. As many of the newest answers as fit, at most three, are on show; they take turns
// with those before them, and what is longer than the screen is turned page by page. What is new
// comes as soon as the one on show can have been read. Nobody is needed: but whoever moves the
// pointer or presses a key finds a button to pause it all (WCAG 2.2.2).
//
// Only the newest `data-kept` answers stay in the document; `data-more` says that there were others.

import { counted, word } from './words.mjs';

const ROOMY = matchMedia('(min-width: 48rem) and (min-height: 30rem)');
const MOST_TOGETHER = 3;
const LEAST_MS = 8_000;
const LONGEST_MS = 45_000;
const LETTER_MS = 50;
const AWAKE_MS = 4_000;

const button = document.getElementById('screen-pause');
const list = () => document.getElementById('transcript');
const answers = () => [...list().children].filter(item => item.dataset.state !== 'removed');

let slide = [];
let page = 0;
let pages = 1;
let since = 0;
let turning = null;
let isFresh = false;
let isPaused = false;
let newest = null;

/** How many screens what is shown takes: each is a column beside the one before. */
function countPages() {
  const place = list();
  const gap = Number.parseFloat(getComputedStyle(place).columnGap) || 0;
  return Math.max(1, Math.round((place.scrollWidth + gap) / (place.clientWidth + gap)));
}

function open(at) {
  const place = list();
  const gap = Number.parseFloat(getComputedStyle(place).columnGap) || 0;
  page = at;
  place.scrollLeft = page * (place.clientWidth + gap);
  const says = pages > 1
    ? word('page').replace('%n', page + 1).replace('%m', pages) : '';
  const label = document.getElementById('screen-page');
  if (label.textContent !== says) label.textContent = says;
}

function showOnly(shown) {
  for (const item of list().children) {
    const hides = !shown.includes(item);
    if (item.hidden !== hides) item.hidden = hides;
  }
}

/** Show `last` and, if there is room, those before it; null is the newest. */
function showUpTo(last) {
  const all = answers();
  let from = last === null ? all.length - 1 : all.indexOf(last);
  if (from < 0) from = all.length - 1;
  slide = all.slice(from, from + 1);
  showOnly(slide);
  pages = countPages();
  while (from > 0 && pages === 1 && slide.length < MOST_TOGETHER) {
    from -= 1;
    showOnly([all[from], ...slide]);
    if (countPages() > 1) {
      showOnly(slide);
      break;
    }
    slide.unshift(all[from]);
  }
  if (slide.includes(all.at(-1))) isFresh = false;
  since = performance.now();
  open(0);
  schedule();
}

/** Long enough to read what is on show, at the pace of somebody who is in no hurry. */
function patience() {
  const letters = slide.reduce((sum, item) => sum + item.textContent.length, 0) / pages;
  const whole = Math.min(LONGEST_MS, Math.max(LEAST_MS, letters * LETTER_MS));
  return isFresh && page + 1 >= pages ? LEAST_MS : whole;
}

function schedule() {
  clearTimeout(turning);
  if (isPaused || !ROOMY.matches) return;
  turning = setTimeout(turn, Math.max(0, since + patience() - performance.now()));
}

function turn() {
  if (page + 1 < pages) {
    since = performance.now();
    open(page + 1);
    schedule();
    return;
  }
  const all = answers();
  const before = all.indexOf(slide[0]) - 1;
  showUpTo(isFresh || before < 0 ? null : all[before]);
}

/** What was on show, as it is now: changed perhaps, or gone. */
function fit() {
  document.body.classList.toggle('ask-turning', ROOMY.matches);
  if (!ROOMY.matches) {
    clearTimeout(turning);
    for (const item of list().children) item.hidden = false;
    return;
  }
  const all = answers();
  slide = slide.filter(item => all.includes(item));
  if (!slide.length) {
    showUpTo(null);
    return;
  }
  showOnly(slide);
  pages = countPages();
  if (pages > 1 && slide.length > 1) showUpTo(slide.at(-1));
  else open(Math.min(page, pages - 1));
}

/** Let go of what is too old for the screen, and ask for what should be there again. */
function keepNewest() {
  const place = list();
  const kept = Number(place.dataset.kept);
  while (place.children.length > kept) {
    place.firstElementChild.remove();
    place.dataset.more = '';
  }
  if (place.children.length < kept && 'more' in place.dataset) {
    document.dispatchEvent(new CustomEvent('live:stale'));
  }
}

function countQueue() {
  const place = document.getElementById('screen-queue');
  if (!place) return;
  const says = counted('queue', document.querySelectorAll('#waiting > [data-state="approved"]').length);
  if (place.textContent !== says) place.textContent = says;
}

function changed(scope) {
  countQueue();
  if (!(scope.contains(list()) || list().contains(scope))) return;
  keepNewest();
  const last = answers().at(-1);
  if (last && last.id !== newest) isFresh = newest !== null;
  newest = last?.id ?? '';
  fit();
  schedule();
}

/** Ask the device not to dim its screen, as often as it forgets: when it was out of sight. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request('screen');
  } catch {
    // It may not, or it is nearly out of power.
  }
}

function offerPause() {
  let asleep = null;
  function wake() {
    document.body.classList.add('ask-awake');
    clearTimeout(asleep);
    asleep = setTimeout(() => document.body.classList.remove('ask-awake'), AWAKE_MS);
  }
  for (const name of ['pointermove', 'pointerdown', 'keydown']) {
    addEventListener(name, wake, { passive: true });
  }
  button.hidden = false;
  button.addEventListener('click', () => {
    isPaused = !isPaused;
    button.setAttribute('aria-pressed', String(isPaused));
    since = performance.now();
    schedule();
  });
}

keepNewest();
newest = answers().at(-1)?.id ?? '';
fit();
offerPause();
stayAwake();
document.addEventListener('live:applied', event => changed(event.detail ?? document));
document.addEventListener('visibilitychange', () => { if (!document.hidden) stayAwake(); });
// With the screen, or because a word on the connection takes some of it.
new ResizeObserver(() => { fit(); schedule(); }).observe(document.querySelector('.ask-hall__stage'));
ROOMY.addEventListener('change', fit);
