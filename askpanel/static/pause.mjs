// The Pause button (WCAG 2.2.2): while it is on, frames are held and the new items counted.

import { fits } from './narrow.mjs';
import { parse } from './ops.mjs';
import { counted, word } from './words.mjs';

const button = document.getElementById('live-pause');
const held = [];
let count = 0;
let on = false;

export const isPaused = () => on;

function addsItem([op, listId, html]) {
  if (op !== 'append' || !document.getElementById(listId)?.matches('[data-new]')) return false;
  const item = parse(html).firstElementChild;
  const id = item?.getAttribute('id');
  return Boolean(id) && !document.getElementById(id) && fits(item);
}

function label() {
  if (count) button.textContent = counted('held', count);
  else button.textContent = word(on ? 'resume' : 'pause');
}

/** Keep `frame` until the reader wants to go on. */
export function hold(frame) {
  held.push(frame);
  count += (frame.ops ?? []).filter(addsItem).length;
  label();
}

/** Forget what is held; the page is about to be redrawn whole. */
export function dropHeld() {
  held.length = 0;
  count = 0;
}

/** Show the button; `goOn` is given the frames that were held. */
export function offerPause(goOn) {
  if (!button) return;
  label();
  button.hidden = false;
  button.addEventListener('click', () => {
    on = !on;
    const frames = [...held];
    if (!on) dropHeld();
    label();
    if (!on) goOn(frames);
  });
}
