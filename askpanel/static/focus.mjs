// Where the keyboard focus goes when the element that has it is redrawn or goes away: the same
// control again; else the next item's title, the previous item's, or the heading of the list. From
// an opened question, #open-7, it goes to its card #question-7, or to the card after that one.

const hasSelection = element => (
  element.localName === 'textarea' || (element.localName === 'input' && element.type === 'text'));

/** Focus `element`, which may be a heading or an item that takes no focus by itself. */
export function focusOn(element, { scroll = true } = {}) {
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) {
    element.setAttribute('tabindex', '-1');
  }
  element.focus({ preventScroll: !scroll });
}

function siblings(item, step) {
  const found = [];
  for (let next = item[step]; next; next = next[step]) found.push(next);
  return found;
}

function headingOf(item) {
  const labelled = item.parentElement?.closest('[aria-labelledby]');
  const id = labelled?.getAttribute('aria-labelledby').split(' ')[0];
  return id && document.getElementById(id);
}

const neighbours = item => [
  ...siblings(item, 'nextElementSibling'), ...siblings(item, 'previousElementSibling')];

/** The card that was taken off its list last while it was open: {card, list, others, heading}. */
let left = null;

/**
 * What stands around the card of the opened question `item`; null if it is another item. Around a
 * card that has just gone to another list, it is what stood around it before: whoever clears a
 * queue goes on in that queue.
 */
function aroundCard(item) {
  const number = /^open-(\d+)$/.exec(item.getAttribute('id') ?? '')?.[1];
  if (!number) return null;
  const card = document.getElementById(`question-${number}`);
  const isGone = left?.card === `question-${number}` && left.list !== card?.parentElement;
  const before = isGone ? left : null;
  left = null;
  return before ?? (card && { others: [card, ...neighbours(card)], heading: headingOf(card) });
}

/** Remember what stands around `node`, if it is the card of the question that has the focus. */
function noteCard(node, active) {
  const number = /^question-(\d+)$/.exec(node.getAttribute('id') ?? '')?.[1];
  if (!number || !document.getElementById(`open-${number}`)?.contains(active)) return;
  left = {
    card: `question-${number}`, list: node.parentElement,
    others: neighbours(node), heading: headingOf(node),
  };
}

/** Remember where the focus is, if it is inside `node`; null if it is not. */
export function focusPlace(node) {
  const active = document.activeElement;
  if (!active || active === document.body) return null;
  noteCard(node, active);
  if (!node.contains(active)) return null;
  const item = active.closest('[data-scope]') ?? active.closest('li') ?? node;
  return {
    id: active.getAttribute('id'),
    control: active.dataset.focus,
    selection: hasSelection(active) ? [active.selectionStart, active.selectionEnd] : null,
    itemId: item.getAttribute('id'),
    item,
    others: neighbours(item),
    heading: headingOf(item),
    ...aroundCard(item),
  };
}

function sameControl({ id, control, itemId, item }) {
  const again = id && document.getElementById(id);
  if (again) return again;
  const itemNow = item.isConnected ? item : itemId && document.getElementById(itemId);
  return itemNow && ((control && itemNow.querySelector(`[data-focus="${CSS.escape(control)}"]`))
    || titleOf(itemNow));
}

const isInSight = item => (
  item.isConnected && !item.matches('[data-gap], [data-held], [data-filtered]'));

function titleOf(item) {
  return item.querySelector('[data-focus="title"]') ?? (item.localName === 'li' ? item : null);
}

/** Give the focus back to `place` if redrawing has lost it. */
export function restoreFocus(place) {
  if (!place || (document.activeElement && document.activeElement !== document.body)) return;
  const again = sameControl(place);
  if (again) {
    focusOn(again, { scroll: false });
    if (place.selection && hasSelection(again)) again.setSelectionRange(...place.selection);
    return;
  }
  const neighbour = place.others.filter(isInSight).map(titleOf).find(Boolean);
  const heading = place.heading?.isConnected ? place.heading : document.querySelector('h1');
  if (neighbour ?? heading) focusOn(neighbour ?? heading);
}
