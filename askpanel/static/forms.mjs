// Forms marked `data-live-form` are sent by fetch to the same address as without JavaScript, and
// answered with JSON. Text is never lost, and nothing is sent twice: the nonce of the form stays
// the same until the server says that it has stored what was sent.

import { focusOn } from './focus.mjs';
import { asJson, fetchWithin } from './net.mjs';
import { nonceOf, renewNonce } from './nonce.mjs';
import { apply } from './ops.mjs';
import { say, shownStatus, status, tell } from './say.mjs';
import { sendTyped } from './typed.mjs';
import { word } from './words.mjs';

const LIMIT_MS = 10_000;
const BUTTONS = ['submit', 'button', 'reset', 'image', 'file'];

/** Forms that the browser is to send by itself, after an answer that we cannot read. */
const native = new WeakSet();

const addressOf = (form, submitter) => new URL(
  submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? '', location.href);

/** The part of the page that belongs to one command: a card on a shared form, or the form. */
const scopeOf = (form, submitter) => submitter?.closest('[data-scope]') ?? form;

/**
 * The fields to send: those of the scope, and those of the form that are in no scope. A form marked
 * `data-whole` is about several scopes, and has what belongs to it in all of them.
 */
function fieldsOf(form, scope) {
  return [...form.elements].filter(field => {
    if (!field.name || BUTTONS.includes(field.type) || field.matches(':disabled')) return false;
    const own = field.closest('[data-scope]');
    return !own || own === scope || own.contains(form) || form.matches('[data-whole]');
  });
}

function bodyOf(fields, submitter) {
  const body = new URLSearchParams();
  for (const field of fields) {
    if (field.type === 'checkbox' || field.type === 'radio') {
      if (field.checked) body.append(field.name, field.value);
    } else if (field.localName === 'select') {
      for (const option of field.selectedOptions) body.append(field.name, option.value);
    } else {
      body.append(field.name, field.value);
    }
  }
  if (submitter?.name) body.append(submitter.name, submitter.value);
  return body;
}

/** Say beside the form what went wrong, until it is sent again. */
function note(scope, submitter, text) {
  if (!scope.isConnected) return;
  const place = submitter?.closest('.govuk-button-group') ?? submitter;
  const line = scope.querySelector('[data-note]') ?? document.createElement('p');
  line.dataset.note = '';
  line.className = 'govuk-error-message ask-note';
  line.textContent = text;
  if (line.isConnected) return;
  if (place && scope.contains(place)) place.before(line);
  else scope.append(line);
}

function sendNatively(form, submitter) {
  native.add(form);
  form.requestSubmit(submitter?.isConnected ? submitter : null);
}

/** Unless the focus has just gone to an error summary that reads it out anyway. */
function announce(text) {
  if (text && !document.activeElement?.closest('.govuk-error-summary')) say(text);
}

function accepted({ reply, delivery, nonce }) {
  apply(reply.ops);
  delivery.stored();
  if (nonce) renewNonce(nonce);
  if (['unsent', 'told'].includes(shownStatus())) status('');
  say(reply.say);
}

function refused({ reply, delivery, scope, submitter }) {
  delivery.unstored();
  apply(reply.ops);
  if (!scope.isConnected && !reply.ops?.length) {
    // Somebody was faster, and the card has gone to another list: who it was is said in sight.
    const title = scope.querySelector('[data-focus="title"]')?.textContent.trim();
    tell([title, reply.message].filter(Boolean).join(': '));
    return;
  }
  if (!reply.ops?.length && reply.message) note(scope, submitter, reply.message);
  // What the focus goes to is read out, and says why.
  if (!reply.focus) announce(reply.message);
}

const tellAll = (name, detail) => document.dispatchEvent(
  new CustomEvent(name, { detail, cancelable: true }));

function unsent({ delivery, scope, submitter, form, byItself }) {
  delivery.unstored();
  // Whoever keeps it, to send it again, says so as well.
  if (!tellAll('live:unsent', { form, submitter, byItself })) return;
  note(scope, submitter, word('unsent'));
  status('unsent');
}

/** Whether what `form` sends is on its way. */
export const isBusy = form => form.getAttribute('aria-busy') === 'true';

/**
 * Send `form`. With `byItself` nobody has pressed anything just now: the focus stays where it is,
 * and trouble of any kind leaves things as they are.
 */
async function send(form, submitter, { byItself = false } = {}) {
  const scope = scopeOf(form, submitter);
  if (isBusy(scope)) return;
  const address = addressOf(form, submitter);
  tellAll('live:sending', { address, form, submitter, byItself });
  scope.setAttribute('aria-busy', 'true');
  scope.querySelector('[data-note]')?.remove();
  const fields = fieldsOf(form, scope);
  const body = bodyOf(fields, submitter);
  const nonce = nonceOf(form)?.value;
  const delivery = sendTyped(
    fields.filter(field => field.type !== 'hidden'), { emptied: nonce !== undefined });
  const sent = { delivery, scope, submitter, nonce, form, byItself };
  let outcome = null;
  try {
    outcome = await fetchWithin(LIMIT_MS, address, {
      method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual',
    });
  } catch {
    // No answer: whether it was stored is unknown, and the nonce makes trying again safe.
  }
  scope.removeAttribute('aria-busy');
  if (!outcome) return unsent(sent);
  const { answer } = outcome;
  const reply = asJson(outcome);
  if (!reply) {
    // A page from a proxy in trouble is no answer; anything else the browser should show.
    if (answer.status >= 500 || !form.isConnected || byItself) return unsent(sent);
    return sendNatively(form, submitter);
  }
  if (byItself && answer.status >= 500) return unsent(sent);
  (answer.ok ? accepted : refused)({ ...sent, reply });
  const target = !byItself && reply.focus && document.getElementById(reply.focus);
  if (target) focusOn(target);
  const detail = { ...reply, address: address.href, form, byItself, status: answer.status };
  tellAll(answer.ok ? 'live:sent' : 'live:refused', detail);
}

/** Send `form` once more, as with `submitter`, without anybody having pressed it. */
export function sendAgain(form, submitter) {
  send(form, submitter, { byItself: true });
}

/** Take over the forms marked `data-live-form`, now and later. */
export function sendForms() {
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.matches('[data-live-form]') || native.has(form)) return;
    // Browsers that cannot tell which button was pressed send the form as without JavaScript.
    if (!('submitter' in event) || !form.requestSubmit) return;
    event.preventDefault();
    send(form, event.submitter);
  });
}
