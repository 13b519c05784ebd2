// New items while somebody reads: the page never scrolls by itself. A button says how many have
// come that were not in view yet, and leads to the first of them.

import { focusOn } from './focus.mjs';
import { counted } from './words.mjs';

/** List id → ids of the items that were ever in it; outlives a list that is replaced. */
const known = new Map();
const followed = new WeakSet();

function follow(list) {
  const listId = list.getAttribute('id');
  const button = document.getElementById(list.dataset.new);
  if (!button || followed.has(list)) return;
  followed.add(list);
  const ids = known.get(listId) ?? new Set([...list.children].map(item => item.getAttribute('id')));
  known.set(listId, ids);
  const unseen = new Set();

  function label() {
    for (const item of unseen) if (!item.isConnected) unseen.delete(item);
    if (unseen.size) button.textContent = counted('new', unseen.size);
    // Hiding the button under somebody's focus would throw them to the top of the page.
    if (unseen.size || document.activeElement !== button) button.hidden = !unseen.size;
  }

  const sight = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        unseen.delete(target);
        sight.unobserve(target);
      } else {
        unseen.add(target);
      }
    }
    label();
  });

  function arrived(item) {
    const id = item.getAttribute?.('id');
    if (!id || ids.has(id)) return;
    ids.add(id);
    sight.observe(item);
  }

  function jump() {
    const first = [...list.children].find(item => unseen.has(item));
    unseen.clear();
    if (first) {
      focusOn(first, { scroll: false });
      first.scrollIntoView({ block: 'start' });
    }
    label();
  }

  new MutationObserver(records => {
    records.flatMap(record => [...record.addedNodes]).forEach(arrived);
    label();
  }).observe(list, { childList: true });
  button.addEventListener('click', () => { if (list.isConnected) jump(); });
  button.addEventListener('blur', () => { if (list.isConnected) label(); });
}

/** Watch every list marked `data-new`, also one that the server puts there later. */
export function followReading() {
  const followAll = () => document.querySelectorAll('[data-new]').forEach(follow);
  followAll();
  document.addEventListener('live:applied', followAll);
}
