// New items while somebody reads: the page never scrolls by itself. A button says how many have
// come that were not in view yet, and leads to the first of them.

import { tellArrival } from './aloud.mjs';
import { focusOn } from './focus.mjs';
import { counted } from './words.mjs';

/** List id → ids of the items that were ever in it; outlives a list that is replaced. */
const known = new Map();
const followed = new WeakSet();

/** Whether the reader has chosen others to read (narrow.mjs). */
const isApart = item => item.matches('[data-filtered]');

/** Whether any of `item` is on the screen, from top to bottom. */
export function isInView(item) {
  const { top, bottom } = item.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

function follow(list) {
  const listId = list.getAttribute('id');
  const button = document.getElementById(list.dataset.new);
  if (!button || followed.has(list)) return;
  followed.add(list);
  const ids = known.get(listId) ?? new Set([...list.children].map(item => item.getAttribute('id')));
  known.set(listId, ids);
  const unseen = new Set();
  let newest = null;

  function label() {
    for (const item of unseen) if (!item.isConnected || isApart(item)) unseen.delete(item);
    const text = unseen.size ? counted('new', unseen.size) : button.textContent;
    if (button.textContent !== text) button.textContent = text;
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
    if (isApart(item)) return;
    newest = item;
    // Looked at here and not only by the observer, which speaks a frame later: so the button changes
    // in the frame that brings the answer.
    if (!isInView(item)) unseen.add(item);
    sight.observe(item);
    tellArrival();
  }

  function jump() {
    // Whoever came to the button by keyboard may have scrolled past them all; it still leads there.
    const first = [...list.children].find(item => unseen.has(item)) ?? newest;
    unseen.clear();
    if (first?.isConnected) {
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

/** Somebody has followed a link to one question: it is where they are now. */
function arriveAtLink() {
  const id = location.hash.slice(1);
  const item = /^question-\d+$/.test(id) && document.getElementById(id);
  if (item) focusOn(item.querySelector('[data-focus="title"]') ?? item, { scroll: false });
}

/** Watch every list marked `data-new`, also one that the server puts there later. */
export function followReading() {
  const followAll = scope => {
    if (scope.matches?.('[data-new]')) follow(scope);
    scope.querySelectorAll('[data-new]').forEach(follow);
  };
  followAll(document);
  arriveAtLink();
  addEventListener('hashchange', arriveAtLink);
  document.addEventListener('live:applied', event => followAll(event.detail ?? document));
}
