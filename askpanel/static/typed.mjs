// What somebody has typed is theirs: it goes along when the server redraws a form, and when the
// form goes away it is kept on the page, to be copied.

import { say } from './say.mjs';
import { word } from './words.mjs';

const FIELDS = 'textarea, select, input:not([type="hidden"])';

/** Fields on their way to the server: field → the value that was sent. */
const sending = new Map();

const isChoice = field => field.type === 'checkbox' || field.type === 'radio';
const isText = field => !isChoice(field) && field.localName !== 'select';

function drawnIndex(select) {
  const drawn = [...select.options].findIndex(option => option.defaultSelected);
  return drawn < 0 && !select.multiple ? 0 : drawn;
}

/** Whether `field` differs from what the server drew. */
export function isTyped(field) {
  if (isChoice(field)) return field.checked !== field.defaultChecked;
  if (field.localName === 'select') return field.selectedIndex !== drawnIndex(field);
  return field.value !== field.defaultValue;
}

const valueOf = field => (isChoice(field) ? field.checked : field.value);

function put(field, value) {
  if (valueOf(field) === value) return;
  if (isChoice(field)) field.checked = value;
  else field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Put `field` back to what the server drew. */
function putBack(field) {
  if (isChoice(field)) put(field, field.defaultChecked);
  else if (field.localName === 'select') field.selectedIndex = drawnIndex(field);
  else put(field, field.defaultValue);
}

function titleOf(field) {
  const item = field.closest('[data-scope], li');
  return item?.querySelector('[data-focus="title"]')?.textContent.trim() ?? '';
}

/** Everything typed and every <details> opened inside `node`, before the server redraws it. */
export function collectTyped(node) {
  const inside = selector => [
    ...(node.matches(selector) ? [node] : []), ...node.querySelectorAll(selector),
  ];
  return {
    opened: inside('details[open][id]').map(details => details.getAttribute('id')),
    typed: inside(FIELDS).filter(isTyped).map(field => ({
      field, id: field.getAttribute('id'), value: valueOf(field), title: titleOf(field),
    })),
  };
}

const present = ({ field, id }) => (
  field.isConnected ? field : id && document.getElementById(id));

/** Put what was collected into the redrawn page, and keep the texts that lost their place. */
export function carryTyped({ opened, typed }) {
  for (const id of opened) document.getElementById(id)?.setAttribute('open', '');
  for (const entry of typed) {
    const now = present(entry);
    if (now) put(now, entry.value);
    else if (sending.get(entry.field) !== entry.value) keep(entry);
  }
}

/** Show a text that has no form any more. Texts only; a ticked box is not worth a notice. */
function keep({ field, value, title }) {
  const shelf = document.getElementById('kept');
  if (!shelf || !isText(field) || !value.trim()) return;
  const label = document.createElement('label');
  label.className = 'govuk-label';
  label.textContent = title || word('keptLabel');
  const text = document.createElement('textarea');
  text.className = 'govuk-textarea';
  text.readOnly = true;
  text.rows = 4;
  text.defaultValue = value;
  label.append(text);
  shelf.append(label);
  shelf.hidden = false;
  say(word('kept'));
}

/** Note that `fields` are being sent, and return what to do once the outcome is known. */
export function sendTyped(fields, { emptied }) {
  const entries = fields.map(field => ({
    field, id: field.getAttribute('id'), value: valueOf(field), title: titleOf(field),
  }));
  for (const { field, value } of entries) sending.set(field, value);

  /** Stored: a field nobody touched meanwhile goes back to what the server drew, or empty. */
  function stored() {
    for (const entry of entries) {
      sending.delete(entry.field);
      const now = present(entry);
      if (!now || valueOf(now) !== entry.value) continue;
      if (emptied && now === entry.field && isText(now)) put(now, '');
      else putBack(now);
    }
  }

  /** Refused or lost: every text is still there, on the shelf if need be. */
  function unstored() {
    for (const entry of entries) {
      sending.delete(entry.field);
      if (!present(entry)) keep(entry);
    }
  }

  return { stored, unstored };
}
