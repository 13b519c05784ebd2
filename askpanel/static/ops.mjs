// How HTML from the server enters the page: seven operations on elements found by id. Each can be
// applied twice without harm, because an answer to a form and the frame that tells everyone both
// arrive. The one place where text becomes HTML is `parse`.

import { focusPlace, restoreFocus } from './focus.mjs';
import { fillPersonal, isPersonal } from './nonce.mjs';
import { carryTyped, collectTyped, isTyped } from './typed.mjs';

const policy = window.trustedTypes?.createPolicy('live', { createHTML: html => html });

/** The nodes that `html` describes, in a document of their own where nothing runs or loads. */
export function parse(html) {
  const template = document.createElement('template');
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}

/** What lists do when something in them changes or goes; see arrivals.mjs. */
let still = change => change();
let leaving = () => {};

/** Have every change made by `around`, which is given the change as a function. */
export function keepStill(around) {
  still = around;
}

/** Have `before` called with every item of a list that is about to be taken out of it. */
export function onLeaving(before) {
  leaving = before;
}

function takeOut(element) {
  leaving(element);
  element.remove();
}

/** Whether `name` of `element` belongs to the person or the script, not to the server. */
function isOurs(name, element) {
  if (/^data-govuk-.*-init$/.test(name)) return true;
  if (name === 'open') return element.localName === 'details';
  if (name === 'tabindex') return element === document.activeElement;
  if (['aria-busy', 'data-held', 'data-filtered'].includes(name)) return true;
  if (name === 'value' && isPersonal(element)) return element.value !== '';
  if (name === 'value' || name === 'checked') return 'defaultValue' in element && isTyped(element);
  if (name !== 'selected') return false;
  const select = element.closest('select');
  return select !== null && isTyped(select);
}

const MORPHING = {
  callbacks: {
    beforeAttributeUpdated: (name, element) => !isOurs(name, element),
    // The counter of a GOV.UK character count is made by script; morphing its box would kill it.
    beforeNodeMorphed: (old, fresh) => !(
      old.nodeType === Node.ELEMENT_NODE
      && old.hasAttribute('data-govuk-character-count-init')
      && fresh.dataset?.module === old.dataset.module),
    beforeNodeRemoved: node => !(node.nodeType === Node.ELEMENT_NODE && 'note' in node.dataset),
  },
};

const morphInto = (old, fresh) => window.Idiomorph.morph(old, fresh, MORPHING);

const applied = scope => document.dispatchEvent(new CustomEvent('live:applied', { detail: scope }));

/** What is in the list already stays as it is, however long the list. */
function insert(list, html, before) {
  for (const fresh of [...parse(html).children]) {
    const id = fresh.getAttribute('id');
    const old = id && document.getElementById(id);
    const next = before(fresh);
    if (old?.parentNode === list) {
      changing(old, () => morphInto(old, fresh));
    } else if (old) {
      changing(old, () => { takeOut(old); list.insertBefore(fresh, next); });
    } else {
      still(() => list.insertBefore(fresh, next));
    }
    if (!fresh.isConnected) continue;
    fillPersonal(fresh);
    applied(fresh);
  }
}

/** The item of `list` in front of which `fresh` belongs, in a list in the order of `data-since`. */
const follower = (list, fresh) => [...list.children].find(
  item => Number(item.dataset.since) > Number(fresh.dataset.since)) ?? null;

const INSERTIONS = new Map([
  ['append', () => null],
  ['prepend', list => list.firstChild],
  ['place', follower],
]);

const ACTIONS = new Map([
  ['replace', (target, html) => target.replaceWith(parse(html))],
  ['remove', takeOut],
  ['morph', (target, html) => {
    const fresh = parse(html).firstElementChild;
    if (fresh) morphInto(target, fresh);
  }],
  ['text', (target, text) => {
    if (target.textContent !== text) target.textContent = text;
  }],
]);

/** Run `change` on `target`, and leave focus, typed text and GOV.UK components as they should be. */
function changing(target, change) {
  const parent = target.parentElement;
  const focused = focusPlace(target);
  const typed = collectTyped(target);
  still(change);
  carryTyped(typed);
  const scope = target.isConnected ? target : parent;
  fillPersonal(scope ?? document);
  applied(scope);
  restoreFocus(focused);
}

/** Apply `[[op, target id, html], …]`; an op whose target is not on this page does nothing. */
export function apply(ops = []) {
  for (const [op, id, html = ''] of ops) {
    const action = ACTIONS.get(op);
    const place = INSERTIONS.get(op);
    const target = document.getElementById(id);
    if (target && action) changing(target, () => action(target, html));
    else if (target && place) insert(target, html, fresh => place(target, fresh));
  }
}

/** Bring `target` to the state of the node `fresh`, or take it away if there is none. */
export function redrawAs(target, fresh) {
  changing(target, () => (fresh ? morphInto(target, fresh) : target.remove()));
}
