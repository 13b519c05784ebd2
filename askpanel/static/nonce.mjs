// The hidden fields that belong to one viewer, and so are empty in HTML that everyone shares.
//
// `id` is the nonce of a form that makes something. The same id twice is the same question, so it
// stays through every retry and is renewed only once the server has stored it. `csrf` is the token
// of a member of staff; the page has it once, in #staff-form.

const BYTES = 16;
const FIELD = 'form[data-live-form] input[type="hidden"][name="id"]';
const TOKEN = 'form[data-live-form] input[type="hidden"][name="csrf"]';

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

/** Whether the value of `element` is this viewer's, not the server's to change. */
export function isPersonal(element) {
  return element.matches(FIELD) || element.matches(TOKEN);
}

/** Fill in what is empty in `scope`: a nonce of the form's own, and the page's token. */
export function fillPersonal(scope = document) {
  for (const field of scope.querySelectorAll(FIELD)) field.value ||= freshNonce();
  const token = document.querySelector('#staff-form [name="csrf"]')?.value ?? '';
  // Whatever it holds: redrawing may have made it of another field, whose value is still in it.
  for (const field of scope.querySelectorAll(TOKEN)) if (token) field.value = token;
}

/** Replace `spent` wherever a form on the page still carries it. */
export function renewNonce(spent) {
  for (const field of document.querySelectorAll(FIELD)) {
    if (field.value === spent) field.value = freshNonce();
  }
}
