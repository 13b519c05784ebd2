// Which key gives which command: as the page lists it (parts/keys.html), changed by whoever sits
// here, and kept in this browser alone. Single keys can be switched off altogether (WCAG 2.1.4).

import { focusOn } from './focus.mjs';
import { say } from './say.mjs';
import { word } from './words.mjs';

const STORED_ON = 'askpanel-keys';
const STORED_KEYS = 'askpanel-keymap';

/** Rows of the list: {command, key: what the server says, screens, row}. */
const rows = [...document.querySelectorAll('[data-keymap] [data-command]')].map(row => ({
  command: row.dataset.command,
  key: row.dataset.default,
  screens: row.dataset.screens.split(' '),
  row,
}));

/** Command → the key that somebody has given it, where it is another than the server's. */
let changed = new Map();
let on = true;

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // As above.
  }
}

function remembered() {
  try {
    return new Map(Object.entries(JSON.parse(kept(STORED_KEYS) ?? '{}'))
      .filter(([, key]) => typeof key === 'string' && key.length === 1));
  } catch {
    return new Map();
  }
}

const keyOf = ({ command, key }) => changed.get(command) ?? key;

/** Whether single keys give commands. */
export const areKeysOn = () => on;

/** The command that `key` gives and the key that it has at the server, or null. */
export function commandOf(key) {
  const row = rows.find(each => keyOf(each) === key);
  if (row) return { command: row.command, drawn: row.key };
  // A key that was given away means nothing, but a button may have one that is in no list.
  return rows.some(each => each.key === key) ? null : { command: '', drawn: key };
}

const shares = (one, other) => one.screens.some(screen => other.screens.includes(screen));

function show() {
  for (const each of rows) {
    const key = keyOf(each);
    each.row.querySelector('kbd').textContent = key;
    const field = each.row.querySelector('input');
    if (field !== document.activeElement) field.value = key;
  }
}

function tell(text) {
  const line = document.getElementById('keys-error');
  if (line) line.textContent = text;
}

/** Give `each` the key that was typed, if no other command of a screen it is on has that key. */
function change(each, typed) {
  const key = typed.toLowerCase();
  const { taken, unfit } = each.row.closest('[data-keymap]').dataset;
  if (!typed.trim()) return tell(unfit);
  const other = rows.find(row => row !== each && shares(row, each) && keyOf(row) === key);
  if (other) {
    const name = other.row.querySelector('dt').textContent.trim();
    return tell(taken.replace('%k', key).replace('%s', name));
  }
  if (key === each.key) changed.delete(each.command);
  else changed.set(each.command, key);
  keep(STORED_KEYS, JSON.stringify(Object.fromEntries(changed)));
  tell('');
  return show();
}

function offerChanges() {
  for (const each of rows) {
    const field = each.row.querySelector('input');
    field.hidden = false;
    each.row.querySelector('kbd').hidden = true;
    field.addEventListener('focus', () => field.select());
    field.addEventListener('input', () => change(each, field.value));
    field.addEventListener('blur', show);
  }
  const reset = document.getElementById('keys-reset');
  reset.hidden = false;
  reset.addEventListener('click', () => {
    changed = new Map();
    keep(STORED_KEYS, '{}');
    tell('');
    show();
    say(word('keysBack'));
  });
}

function offerSwitch() {
  const choice = document.getElementById('keys-on');
  if (!choice) return;
  on = kept(STORED_ON) !== 'off';
  choice.checked = on;
  choice.closest('.ask-keymap__on')?.removeAttribute('hidden');
  choice.addEventListener('change', () => {
    on = choice.checked;
    keep(STORED_ON, on ? 'on' : 'off');
  });
}

/** Open the list of keys; whoever closes it is where they were. False where there is none. */
export function showKeys() {
  const dialog = document.getElementById('keys-dialog');
  if (!dialog || dialog.open) return false;
  tell('');
  dialog.showModal();
  focusOn(dialog.querySelector('h2'));
  return true;
}

/** Start with what is remembered, and let it be changed. */
export function readKeymap() {
  changed = remembered();
  offerSwitch();
  if (rows.length) {
    offerChanges();
    show();
  }
  for (const button of document.querySelectorAll('[data-keys-help]')) {
    button.hidden = !document.getElementById('keys-dialog');
    button.addEventListener('click', showKeys);
  }
}
