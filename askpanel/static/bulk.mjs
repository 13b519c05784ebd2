// One command for several questions: those whose checkbox `name="numbers"` is ticked, by the form
// #bulk. The button #selected says how many there are and leads to the form. What is not in sight
// is never selected: nobody decides on what they do not see.

import { counted } from './words.mjs';

const BOXES = 'input[type="checkbox"][name="numbers"]';
const OUT_OF_SIGHT = '[data-filtered], [data-held]';

const form = document.getElementById('bulk');
const button = document.getElementById('selected');

/** The box that was ticked last: where a range begins. */
let last = null;

const boxOf = item => item.querySelector(BOXES);
const ticked = () => [...document.querySelectorAll(`${BOXES}:checked`)];

function label() {
  for (const box of ticked()) if (box.closest(OUT_OF_SIGHT)) box.checked = false;
  const count = ticked().length;
  const text = counted('selected', count);
  if (button.textContent !== text) button.textContent = text;
  if (count || button !== document.activeElement) button.hidden = !count;
}

/** Tick the boxes from the last one that was ticked to `box`, in the order of the page. */
function range(box, checked) {
  const boxes = [...document.querySelectorAll(BOXES)].filter(each => !each.closest(OUT_OF_SIGHT));
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  const isOneList = last?.closest('ol') === box.closest('ol');
  for (const each of from >= 0 && isOneList ? boxes.slice(from, to + 1) : [box]) {
    each.checked = checked;
  }
}

function tick(box, { checked, isRange }) {
  if (isRange) range(box, checked);
  else box.checked = checked;
  last = box;
  label();
}

/** Select the question `item`, or all from the last one; or no longer. False without a box. */
export function selectAt(item, isRange) {
  const box = button && boxOf(item);
  if (!box) return false;
  tick(box, { checked: isRange || !box.checked, isRange });
  return true;
}

/** Count what is selected, and take the shift key for a range. */
export function selectMany() {
  if (!form || !button) return;
  label();
  button.addEventListener('click', () => {
    document.getElementById('bulk-more')?.setAttribute('open', '');
    form.querySelector('select, input:not([type="hidden"]), button')?.focus();
  });
  button.addEventListener('blur', label);
  document.addEventListener('click', ({ target, shiftKey }) => {
    if (target.matches?.(BOXES)) tick(target, { checked: target.checked, isRange: shiftKey });
  });
  for (const name of ['live:applied', 'live:sent', 'lists:sifted']) {
    document.addEventListener(name, () => { if (!button.hidden) label(); });
  }
}
