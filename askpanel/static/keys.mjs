// Single keys for people who clear a long list: j and k move, the key on a button presses it, ?
// leads to the help. They work only while the focus is inside a list marked `data-keys`, and can be
// switched off (WCAG 2.1.4).

import { focusOn } from './focus.mjs';

const STORED = 'askpanel-keys';
const TYPING = 'textarea, select, [contenteditable], '
  + 'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"])';

const off = () => document.getElementById('keys-on')?.checked === false;

function remember(on) {
  try {
    localStorage.setItem(STORED, on ? 'on' : 'off');
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function remembered() {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}

const titleOf = item => item.querySelector('[data-focus="title"]') ?? item;

function itemOf(list, element) {
  return [...list.children].find(item => item.contains(element));
}

function move(list, item, step) {
  const next = item?.[step] ?? (item ? null : list.firstElementChild);
  if (next) focusOn(titleOf(next));
}

function press(item, key) {
  const control = item?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!control) return false;
  control.click();
  const details = control.localName === 'summary' ? control.parentElement : null;
  if (details?.open) details.querySelector('select, textarea, input')?.focus();
  return true;
}

function handle(list, event) {
  if (event.key === '?') {
    const help = document.getElementById('keys-help');
    if (help) focusOn(help);
    return Boolean(help);
  }
  if (event.shiftKey || event.key.length !== 1) return false;
  const item = itemOf(list, event.target);
  const key = event.key.toLowerCase();
  if (key === 'j') move(list, item, 'nextElementSibling');
  else if (key === 'k') move(list, item, 'previousElementSibling');
  else return press(item, key);
  return true;
}

/** Listen for the keys of every list marked `data-keys`, also one that is drawn later. */
export function listenForKeys() {
  const choice = document.getElementById('keys-on');
  if (choice) {
    choice.checked = remembered();
    choice.addEventListener('change', () => remember(choice.checked));
  }
  document.addEventListener('keydown', event => {
    const list = event.target.closest?.('[data-keys]');
    if (!list || off() || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPING)) return;
    if (handle(list, event)) event.preventDefault();
  });
  document.addEventListener('click', event => {
    const start = event.target.closest?.('[data-keys-start]');
    const first = start && document.getElementById(start.dataset.keysStart)?.firstElementChild;
    if (first) focusOn(titleOf(first));
  });
}
