// A question that was sent and had no answer: it is kept, and sent again when the network is back.
//
// The nonce stays the same, so it is stored once, even if the first attempt had arrived. There is
// one at a time: the text stays in its box, which cannot be changed until it has been stored, or
// until somebody decides not to send it. A page that is reloaded, or left and opened again, goes on
// with it, because it is kept with the draft.

import { askForm, forget, keep, keepDraft, kept, saidBeside } from './draft.mjs';
import { isBusy, sendAgain } from './forms.mjs';
import { backOff } from './net.mjs';
import { freshNonce, nonceOf } from './nonce.mjs';
import { say } from './say.mjs';
import { word } from './words.mjs';

const SOON_MS = 1_000;
/** The store was away: whether the question is stored is not known. */
const UNKNOWN = 503;

let tries = 0;
let timer = null;

/** The button that the question was sent with, if it is still there. */
let pressed = null;

const textsOf = form => ['text', 'name'].map(name => form.elements.namedItem(name)).filter(Boolean);
const submitsOf = form => [...form.querySelectorAll('button[type="submit"]')];
const checkOf = form => form.querySelector('input[name="check"]');
const isAsking = form => form?.matches?.('form[data-asking]') ?? false;

const buttonOf = form => (
  pressed?.isConnected && pressed.form === form ? pressed : submitsOf(form)[0]);

/** Draw the form as one that waits, or as one that does not. */
function draw(form, isWaiting) {
  for (const field of textsOf(form)) field.readOnly = isWaiting;
  const used = buttonOf(form);
  for (const button of submitsOf(form)) {
    button.hidden = isWaiting && button !== used;
    button.dataset.label ??= button.textContent;
    button.textContent = isWaiting ? word('askSendNow') : button.dataset.label;
  }
  const back = document.getElementById('ask-keep-back');
  if (back) back.hidden = !isWaiting;
}

function wait(form) {
  draw(form, true);
  saidBeside(word('askWaiting'));
}

function again() {
  clearTimeout(timer);
  const form = askForm();
  if (!form || !kept(form).waiting || isBusy(form)) return;
  sendAgain(form, buttonOf(form));
}

/** Everybody's network is back in the same moment when it was the server's that was away. */
function soon() {
  if (!kept().waiting) return;
  clearTimeout(timer);
  timer = setTimeout(again, Math.random() * SOON_MS);
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(again, backOff(tries));
  tries += 1;
}

/** Before it goes: the same words are the same question, and other words are another one. */
function sending({ form, submitter, byItself }) {
  clearTimeout(timer);
  pressed = submitter;
  const nonce = nonceOf(form);
  const text = form.elements.namedItem('text').value;
  const { id, tried } = kept(form);
  if (tried !== undefined && id === nonce.value && tried !== text) nonce.value = freshNonce();
  const checks = submitter?.name === 'check' || Boolean(checkOf(form)?.value);
  keep({ id: nonce.value, tried: text, check: checks ? 'details' : '', waiting: true }, form);
  if (!byItself) saidBeside(word('askSending'));
}

/** The browser sends it by itself, and shows the page that answers: see `arrived`. */
function sendingNatively(form, event) {
  if (event.defaultPrevented) return;
  const text = form.elements.namedItem('text').value;
  keep({ id: nonceOf(form).value, tried: text, waiting: true }, form);
}

function unsent(form) {
  if (!kept(form).waiting) return;
  if (!textsOf(form)[0].readOnly) say(word('askWaiting'));
  wait(form);
  later();
}

function refused(form, status) {
  tries = 0;
  draw(form, false);
  saidBeside('');
  const { id, tried } = kept();
  keep({ waiting: false, id, tried: status === UNKNOWN ? tried : undefined });
}

function sent(form, byItself) {
  tries = 0;
  pressed = null;
  draw(form, false);
  saidBeside(byItself ? word('askStored') : '');
  forget();
  keep();
}

function keepBack() {
  const form = askForm();
  clearTimeout(timer);
  keep({ waiting: false });
  draw(form, false);
  saidBeside(word('askKeptBack'));
  say(word('askKeptBack'));
  form.elements.namedItem('text').focus();
}

/** Whether this page is itself the answer to what was on its way. */
function arrived(form) {
  if (!kept(form).waiting) return false;
  if (document.getElementById('sent')) forget(form);
  else if (form.elements.namedItem('text').value) keep({ waiting: false, tried: undefined }, form);
  else return false;
  return true;
}

/** Go on with a question that was on its way when this page was left. */
function goOn(form) {
  const { id, check, waiting, tried, text } = kept(form);
  if (tried === undefined || tried !== text) return;
  // Whatever becomes of it, these words have this name already.
  nonceOf(form).value = id;
  if (check === '' && checkOf(form)) checkOf(form).value = '';
  if (!waiting) return;
  wait(form);
  say(word('askWaiting'));
  soon();
}

/** Keep what is asked on this page until it is stored. */
export function keepAsking() {
  const form = askForm();
  if (!form) return;
  const answered = arrived(form);
  keepDraft();
  if (!answered) goOn(form);
  const about = (name, act) => document.addEventListener(name, event => {
    if (isAsking(event.detail.form)) act(event.detail, event);
  });
  about('live:sending', sending);
  about('live:unsent', ({ form: which }, event) => {
    event.preventDefault();
    unsent(which);
  });
  about('live:refused', ({ form: which, status }) => refused(which, status));
  about('live:sent', ({ form: which, byItself }) => sent(which, byItself));
  document.addEventListener('submit', event => {
    if (isAsking(event.target)) sendingNatively(event.target, event);
  });
  document.addEventListener('input', event => {
    if (event.target.form === askForm() && !kept().waiting) saidBeside('');
  });
  document.addEventListener('click', event => {
    if (event.target.closest?.('#ask-keep-back')) keepBack();
  });
  document.addEventListener('live:up', soon);
  document.addEventListener('visibilitychange', soon);
  addEventListener('online', soon);
  addEventListener('pageshow', soon);
  addEventListener('live:stop', () => clearTimeout(timer));
}

keepAsking();
