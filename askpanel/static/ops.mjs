// How HTML from the server enters the page: six operations on elements found by id. Each can be
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

/** Whether `name` of `element` belongs to the person or the script, not to the server. */
function isOurs(name, element) {
  if (/^data-govuk-.*-init$/.test(name)) return true;
  if (name === 'open') return element.localName === 'details';
  if (name === 'tabindex') return element === document.activeElement;
  if (name === 'aria-busy') return true;
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

function insert(list, html, before) {
  for (const fresh of [...parse(html).children]) {
    const id = fresh.getAttribute('id');
    const old = id && document.getElementById(id);
    if (!old) list.insertBefore(fresh, before);
    else if (old.parentNode === list) morphInto(old, fresh);
    else changing(old, () => { old.remove(); list.insertBefore(fresh, before); });
  }
}

const ACTIONS = new Map([
  ['append', (list, html) => insert(list, html, null)],
  ['prepend', (list, html) => insert(list, html, list.firstChild)],
  ['replace', (target, html) => target.replaceWith(parse(html))],
  ['remove', target => target.remove()],
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
  change();
  carryTyped(typed);
  fillPersonal();
  const scope = target.isConnected ? target : parent;
  document.dispatchEvent(new CustomEvent('live:applied', { detail: scope }));
  restoreFocus(focused);
}

/** Apply `[[op, target id, html], …]`; an op whose target is not on this page does nothing. */
export function apply(ops = []) {
  for (const [op, id, html = ''] of ops) {
    const action = ACTIONS.get(op);
    const target = document.getElementById(id);
    if (action && target) changing(target, () => action(target, html));
  }
}

/** Bring `target` to the state of the node `fresh`, or take it away if there is none. */
export function redrawAs(target, fresh) {
  changing(target, () => (fresh ? morphInto(target, fresh) : target.remove()));
}
