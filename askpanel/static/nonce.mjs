// The nonce of a form that makes something: the hidden field `id`. The same id twice is the same
// question, so it stays through every retry and is renewed only once the server has stored it.

const BYTES = 16;
const FIELD = 'form[data-live-form] input[type="hidden"][name="id"]';

/** 22 characters of A–Z a–z 0–9 - _, from 128 random bits. */
export function freshNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The nonce field of `form`, or null. */
export function nonceOf(form) {
  return form.querySelector('input[type="hidden"][name="id"]');
}

export function isNonce(element) {
  return element.matches(FIELD);
}

/** Give a nonce to each form that has none: HTML that everyone shares cannot carry one. */
export function fillNonces() {
  for (const field of document.querySelectorAll(FIELD)) field.value ||= freshNonce();
}

/** Replace `spent` wherever a form on the page still carries it. */
export function renewNonce(spent) {
  for (const field of document.querySelectorAll(FIELD)) {
    if (field.value === spent) field.value = freshNonce();
  }
}
