// What is announced: one polite region for what happened, one visible region for the connection.
// Both are in the page from the start, empty; a region added with its text is not read out.

import { word } from './words.mjs';

const TOGETHER_MS = 600;
const AT_ONCE = 3;
const BACK_MS = 10_000;

const waiting = new Set();
let speaking = null;
let clearing = null;

/** Announce `text`, together with whatever else is said within 600 ms. */
export function say(text) {
  if (!text) return;
  waiting.delete(text);
  waiting.add(text);
  speaking ??= setTimeout(speak, TOGETHER_MS);
}

function speak() {
  speaking = null;
  const region = document.getElementById('live-say');
  const text = [...waiting].slice(-AT_ONCE).join(' ');
  waiting.clear();
  if (!region) return;
  // Emptied first, or the same words twice running would be no change, and not read.
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 50);
}

/** The words of a page that was drawn while the store was away, or null. */
export const drawnAway = () => document.querySelector('.ask-away');

/** The name of the status on show: 'lost', 'away', 'back', …, or ''. */
export function shownStatus() {
  return document.getElementById('live-status')?.dataset.state ?? '';
}

/** Show the words for the status `name`; '' clears it, and 'back' clears itself. */
export function status(name) {
  const region = document.getElementById('live-status');
  if (!region || shownStatus() === name) return;
  clearTimeout(clearing);
  region.dataset.state = name;
  // What the page was drawn with is the news of then.
  if (['away', 'back'].includes(name)) drawnAway()?.remove();
  region.textContent = name && word(name);
  if (name === 'back') clearing = setTimeout(() => status(''), BACK_MS);
}

/** Show `text` in the place of a status, until there is something else to show. */
export function tell(text) {
  const region = document.getElementById('live-status');
  if (!region || !text) return;
  clearTimeout(clearing);
  region.dataset.state = 'told';
  region.textContent = text;
}
