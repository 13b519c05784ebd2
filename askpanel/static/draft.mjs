// What is being typed into the ask form is kept in this tab, so that a reload, a crash, or the way
// back to the page does not lose it.
//
// In sessionStorage, and never in localStorage: it is this tab's alone, no other page and no other
// tab can show it, and the browser drops it with the tab. It is dropped earlier when the question
// is stored, by "Exit this page", and when it has been shown after the session's end.
//
// What is kept is {text, name, topic}, and of a question on its way (see outbox.mjs) {id, tried,
// check, waiting}.

import { say } from './say.mjs';
import { word } from './words.mjs';

const OVER = ['last', 'closed'];

let stopped = false;

/** The ask form of this page, or null. It is another one after the server has redrawn it. */
export const askForm = () => document.querySelector('form[data-asking]');

const fieldOf = (form, name) => form.elements.namedItem(name);
const valueOf = (form, name) => fieldOf(form, name)?.value ?? '';
const keyOf = form => `askpanel:draft:${form.dataset.asking}`;

/** Storage may be forbidden, or full; the form works without it. */
function trying(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

/** What is kept of the form on this page, or {}. */
export function kept(form = askForm()) {
  const found = form && trying(() => JSON.parse(sessionStorage.getItem(keyOf(form))));
  return [found?.text, found?.name].every(each => typeof each === 'string') ? found : {};
}

/** Keep nothing any more. */
export function forget(form = askForm()) {
  if (form) trying(() => sessionStorage.removeItem(keyOf(form)));
}

/** Keep the form as it stands now, with `change` to what is known of its sending. */
export function keep(change = {}, form = askForm()) {
  if (!form || stopped) return;
  const [text, name, topic] = ['text', 'name', 'topic'].map(each => valueOf(form, each));
  const record = { ...kept(form), ...change, text, name, topic };
  if (text.trim() || name.trim()) {
    trying(() => sessionStorage.setItem(keyOf(form), JSON.stringify(record)));
  } else {
    forget(form);
  }
}

/** Say something beside the form's buttons, where it stays until somebody types; '' hides it. */
export function saidBeside(text) {
  const box = document.getElementById('ask-waits');
  if (!box) return;
  box.hidden = !text;
  document.getElementById('ask-waits-words').textContent = text;
}

function put(field, value) {
  if (!field || !value) return;
  field.value = value;
  // The counter of the text box, and the signpost of the topic, follow what is typed.
  const typed = field instanceof RadioNodeList ? [...field].find(each => each.checked) : field;
  typed?.dispatchEvent(new Event('input', { bubbles: true }));
}

function button(label, press) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'govuk-button govuk-button--secondary';
  made.textContent = label;
  made.addEventListener('click', press);
  return made;
}

/** By the old command, which every browser has, and which asks nobody for a permission. */
function copy(text) {
  text.focus();
  text.select();
  // If it is refused the text is selected, so that the keys for copying do it.
  if (document.execCommand('copy')) say(word('askCopied'));
}

/** From where the form was, which may be all that is in view, to the box on top of the page. */
function leadTo(shelf) {
  const words = document.createElement('p');
  words.className = 'govuk-body';
  const link = document.createElement('a');
  link.className = 'govuk-link';
  link.href = '#kept';
  link.textContent = document.getElementById(shelf.getAttribute('aria-labelledby')).textContent;
  words.append(link);
  document.getElementById('ask-heading').after(words);
  // Once the text is forgotten there is nothing to be led to.
  new MutationObserver(() => { words.hidden = shelf.hidden; })
    .observe(shelf, { attributeFilter: ['hidden'] });
}

/** The session is over, and with it the form: show the text where it can be copied, this once. */
function shelve({ text }) {
  const shelf = document.getElementById('kept');
  if (!shelf) return;
  const place = document.createElement('div');
  const words = document.createElement('p');
  words.className = 'govuk-body';
  words.textContent = word('askOver');
  const label = document.createElement('label');
  label.className = 'govuk-label';
  label.textContent = word('keptLabel');
  const box = document.createElement('textarea');
  box.className = 'govuk-textarea';
  box.readOnly = true;
  box.rows = 4;
  box.defaultValue = text;
  label.append(box);
  const buttons = document.createElement('div');
  buttons.className = 'govuk-button-group';
  buttons.append(
    button(word('askCopy'), () => copy(box)),
    button(word('askForget'), () => {
      forget();
      place.remove();
      shelf.hidden = !shelf.querySelector('textarea');
      document.querySelector('h1')?.setAttribute('tabindex', '-1');
      document.querySelector('h1')?.focus();
      say(word('askForgotten'));
    }));
  place.append(words, label, buttons);
  shelf.append(place);
  shelf.hidden = false;
  leadTo(shelf);
  say(word('askOver'));
  addEventListener('pagehide', () => forget());
}

/** Bring back what was kept, unless the page came with words of its own in the form. */
function bring(form) {
  const record = kept(form);
  if (!record.text?.trim() && !record.name?.trim()) return;
  const over = OVER.includes(document.getElementById('phase')?.dataset.phase);
  if (over && !record.waiting) {
    shelve(record);
    return;
  }
  if (valueOf(form, 'text')) return;
  put(fieldOf(form, 'name'), record.name);
  put(fieldOf(form, 'topic'), record.topic);
  put(fieldOf(form, 'text'), record.text);
  if (record.waiting) return;
  saidBeside(word('askAgain'));
  say(word('askAgain'));
}

/** Keep what is typed into the ask form of this page, and bring back what was. */
export function keepDraft() {
  const form = askForm();
  if (!form) return;
  bring(form);
  for (const event of ['input', 'change']) {
    document.addEventListener(event, ({ target }) => {
      if (target.form === askForm()) keep();
    });
  }
  addEventListener('live:stop', () => {
    stopped = true;
    forget();
  });
}
