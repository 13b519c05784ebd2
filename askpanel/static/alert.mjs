// Immediate risk. Whoever has the role lead hears it and sees it in the title of the page, until
// somebody has acknowledged it; they may switch that off for this browser. The region itself is
// everybody's, and needs no script.
//
// A browser plays nothing before its user has pressed something on the page, so a button asks for
// that once; any key or click will do as well.

import { allowSound, maySound, sound } from './sound.mjs';
import { word } from './words.mjs';

const STORED = 'askpanel-alert';
const AGAIN_MS = 20_000;
/** Seconds from the start, and Hertz: two high tones about a lower one. */
const TONES = [[0, 880], [0.28, 660], [0.56, 880]];
const HOW = { length: 0.22, loud: 0.25 };

const main = document.querySelector('main');
const title = document.title;
const known = new Set();
let again = null;

const choice = () => document.getElementById('alert-on');
const isOn = () => choice()?.checked === true;

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function store(value) {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** The risks that wait for somebody else than whoever raised them. */
const waiting = () => [...document.querySelectorAll('#alarms > [data-number]')]
  .filter(alarm => alarm.dataset.by !== main.dataset.username);

const alarm = () => sound(TONES, HOW);

function showTitle(count) {
  const wanted = count && isOn() ? `(${count}) ${word('risk')} ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
}

/** Look at what the page shows: sound what is new, and stop when nothing is left. */
function look() {
  const numbers = waiting().map(alarm => alarm.dataset.number);
  const fresh = numbers.some(number => !known.has(number));
  known.clear();
  numbers.forEach(number => known.add(number));
  showTitle(numbers.length);
  if (!numbers.length || !isOn()) {
    clearInterval(again);
    again = null;
    return;
  }
  if (fresh) alarm();
  again ??= setInterval(alarm, AGAIN_MS);
}

function offer() {
  const button = document.getElementById('alert-allow');
  if (button) button.hidden = !isOn() || maySound();
}

/** Alert this viewer of risks, if that is what their role is for. */
export function alertLead() {
  const box = document.getElementById('alert-choice');
  if (main?.dataset.role !== 'lead' || !box) return;
  box.hidden = false;
  choice().checked = stored() !== 'off';
  choice().addEventListener('change', () => {
    store(isOn() ? 'on' : 'off');
    known.clear();
    look();
    offer();
  });
  document.getElementById('alert-allow').addEventListener('click', alarm);
  for (const kind of ['click', 'keyup']) {
    // After the button itself was told, or it would be gone before it could sound.
    addEventListener(kind, () => { allowSound(); offer(); });
  }
  document.addEventListener('live:applied', look);
  offer();
  look();
}
