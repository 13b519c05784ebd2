// Where the keyboard focus goes when the element that has it is redrawn or goes away: the same
// control again; else the next item's title, the previous item's, or the heading of the list.

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

/** Remember where the focus is, if it is inside `node`; null if it is not. */
export function focusPlace(node) {
  const active = document.activeElement;
  if (!active || active === document.body || !node.contains(active)) return null;
  const item = active.closest('[data-scope], li') ?? node;
  return {
    id: active.getAttribute('id'),
    control: active.dataset.focus,
    selection: hasSelection(active) ? [active.selectionStart, active.selectionEnd] : null,
    itemId: item.getAttribute('id'),
    item,
    others: [...siblings(item, 'nextElementSibling'), ...siblings(item, 'previousElementSibling')],
    heading: headingOf(item),
  };
}

function sameControl({ id, control, itemId, item }) {
  const again = id && document.getElementById(id);
  if (again) return again;
  const itemNow = item.isConnected ? item : itemId && document.getElementById(itemId);
  return itemNow && ((control && itemNow.querySelector(`[data-focus="${CSS.escape(control)}"]`))
    || titleOf(itemNow));
}

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
  const neighbour = place.others.filter(other => other.isConnected).map(titleOf).find(Boolean);
  const heading = place.heading?.isConnected ? place.heading : document.querySelector('h1');
  if (neighbour ?? heading) focusOn(neighbour ?? heading);
}
