// Writing an answer: texts put in at the caret, a number put right, and a look at the whole as the
// public will see it. Without this the same buttons lead to a page that does it.

import { focusOn } from './focus.mjs';
import { asJson, fetchWithin } from './net.mjs';
import { parse } from './ops.mjs';
import { say } from './say.mjs';

const LIMIT_MS = 10_000;
const KEY = /^Digit([1-9])$/;

const words = document.getElementById('desk-words')?.dataset ?? {};
const textOf = form => form.querySelector('textarea[name="text"]');
const checkOf = form => form.querySelector('.ask-check');

function changed(field) {
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Put `words` at the caret of `field`, with a blank line to what stands before and after. */
function putIn(field, text) {
  const before = field.value.slice(0, field.selectionStart).trimEnd();
  const after = field.value.slice(field.selectionEnd).trimStart();
  const start = before && `${before}\n\n`;
  field.value = start + text + (after && `\n\n${after}`);
  const caret = start.length + text.length;
  field.focus();
  field.setSelectionRange(caret, caret);
  changed(field);
}

function insert(form, code) {
  const lang = form.querySelector('[name="lang"]').value;
  const found = [...document.querySelectorAll('#inserts > li')].find(
    each => each.dataset.code === code && each.lang === lang);
  if (!found) return false;
  putIn(textOf(form), found.textContent);
  say(words.putIn);
  return true;
}

/** Where `found` stands by itself, and not within something longer. */
function standing(found) {
  const plain = found.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_+])${plain}(?![\\p{L}\\p{N}_])`, 'gu');
}

function mend(form, button) {
  const field = textOf(form);
  const { found, nearest } = button.dataset;
  field.value = field.value.replace(standing(found), () => nearest);
  changed(field);
  const guard = button.closest('.ask-guard');
  button.closest('.ask-guard__one').remove();
  if (!guard.querySelector('[data-found]')) guard.remove();
  field.focus();
  say(words.putIn);
}

/** The ids of a preview belong to the public's page, and may stand on this one already. */
function withoutIds(fragment) {
  for (const element of fragment.querySelectorAll('[id]')) element.removeAttribute('id');
  for (const element of fragment.querySelectorAll('[aria-labelledby]')) {
    element.removeAttribute('aria-labelledby');
  }
  for (const link of fragment.querySelectorAll('a[href^="#"]')) link.removeAttribute('href');
  return fragment;
}

async function preview(form, button) {
  const body = new URLSearchParams(new FormData(form));
  const check = checkOf(form);
  check.setAttribute('aria-busy', 'true');
  let outcome = null;
  try {
    outcome = await fetchWithin(LIMIT_MS, button.getAttribute('formaction'), {
      method: 'POST', body, headers: { Accept: 'application/json' },
    });
  } catch {
    // Said below.
  }
  check.removeAttribute('aria-busy');
  const reply = outcome && asJson(outcome);
  if (!reply?.html) {
    say(reply?.message ?? words.noPreview);
    check.textContent = reply?.message ?? words.noPreview ?? '';
    return;
  }
  check.replaceChildren(withoutIds(parse(reply.html)));
  focusOn(check);
  say(words.previewed);
}

function handle(form, button) {
  if (button.name === 'insert') return insert(form, button.value);
  if (button.name === 'mend') mend(form, button);
  else if ('preview' in button.dataset) preview(form, button);
  else return false;
  return true;
}

/** Take over the buttons of every form that an answer is written in, now and later. */
export function helpWriting() {
  document.addEventListener('click', event => {
    const button = event.target.closest?.('button[formaction]');
    const form = button?.closest('form[data-composer]');
    if (form && handle(form, button)) event.preventDefault();
  });
  document.addEventListener('keydown', event => {
    const form = event.target.closest?.('form[data-composer]');
    const key = KEY.exec(event.code)?.[1];
    if (!form || !key || !event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const button = form.querySelector(`[data-insert-key="${key}"]`);
    if (button && insert(form, button.value)) event.preventDefault();
  });
  document.addEventListener('change', event => {
    const form = event.target.closest?.('form[data-composer]');
    if (form && event.target.name === 'lang') textOf(form).lang = event.target.value;
  });
}
