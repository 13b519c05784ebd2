// "We have answered you". It is said in the live region (live.mjs); here a number stands before the
// title of the page until it has been seen, "(1) …", and a sound is made for those who chose one.
// Neither says what it is about. What is news has `data-told` in the list of one's own questions.

import { isInView } from './reading.mjs';
import { allowSound, sound } from './sound.mjs';

const STORED = 'askpanel-chime';
/** Seconds from the start, and Hertz: one step up, softly. */
const TONES = [[0, 523], [0.18, 659]];
const HOW = { length: 0.3, loud: 0.12 };

const title = document.title;
const choice = document.getElementById('chime');
const known = new Set();
/** Items of the list with news that nobody has looked at yet. */
const unseen = new Set();

const chime = () => { if (choice?.checked) sound(TONES, HOW); };

function stored() {
  try {
    return sessionStorage.getItem(STORED) === 'on';
  } catch {
    return false;
  }
}

function store(isOn) {
  try {
    if (isOn) sessionStorage.setItem(STORED, 'on');
    else sessionStorage.removeItem(STORED);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

const idOf = element => element.getAttribute('id');

const list = () => document.getElementById('mine');

/** Each piece of news on the page: [a name for it, the item that it is in]. */
const news = () => [...list().children].flatMap(item => [...item.querySelectorAll('[data-told]')]
  .map(each => [`${idOf(item)} ${each.dataset.told}`, item]));

function showTitle() {
  const wanted = unseen.size ? `(${unseen.size}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
}

/** Whether an item can be seen: also when all there is to see is that it was hidden. */
function isInSight(item) {
  if (document.hidden) return false;
  return isInView(item.closest('details:not([open])')?.querySelector('summary') ?? item);
}

function see() {
  // After "Exit this page" there is no list, and the title is not ours to write.
  if (!list()) return;
  for (const id of unseen) {
    const item = document.getElementById(id);
    if (!item || isInSight(item)) unseen.delete(id);
  }
  showTitle();
}

function offerChime() {
  const box = document.getElementById('chime-choice');
  if (!box || !choice) return;
  box.hidden = false;
  choice.checked = stored();
  choice.addEventListener('change', () => {
    store(choice.checked);
    chime();
  });
  for (const kind of ['click', 'keyup']) {
    addEventListener(kind, () => { if (choice.checked) allowSound(); });
  }
}

/** Tell of what is news in one's own list, from now on. */
export function tellOfNews() {
  for (const [name] of news()) known.add(name);
  let wasCurrent = list().dataset.current === '1';

  function look() {
    if (!list()) return;
    const fresh = news().filter(([name]) => !known.has(name));
    for (const [name] of fresh) known.add(name);
    // A page that was drawn without its reader's cookie has just got the list; that is no news.
    const isNews = wasCurrent;
    wasCurrent ||= list().dataset.current === '1';
    if (fresh.length && isNews) {
      for (const [, item] of fresh) unseen.add(idOf(item));
      chime();
    }
    see();
  }

  offerChime();
  document.addEventListener('live:applied', look);
  document.addEventListener('visibilitychange', see);
  document.addEventListener('focusin', see);
  addEventListener('scroll', see, { passive: true });
  addEventListener('focus', see);
}
