// The staff's side channel: how many words of colleagues are unread, while it is folded. Nothing
// moves and nothing sounds.

import { counted } from './words.mjs';

const channel = document.getElementById('channel');
const key = `askpanel-remarks ${location.pathname.replace(/\/[^/]*$/, '')}`;
let read = 0;

const remarks = () => [...document.querySelectorAll('#remarks > li')];

function remember() {
  read = remarks().length;
  try {
    sessionStorage.setItem(key, read);
  } catch {
    // Storage may be forbidden; the count then begins anew with the page.
  }
}

function look() {
  if (channel.open) remember();
  const { username } = document.querySelector('main').dataset;
  const unread = remarks().slice(read).filter(each => each.dataset.by !== username).length;
  const badge = document.getElementById('unread');
  badge.hidden = !unread;
  const text = unread ? counted('unread', unread) : '';
  if (badge.textContent !== text) badge.textContent = text;
}

/** Count what colleagues say, from what was read on this tab. */
export function countRemarks() {
  if (!channel) return;
  try {
    read = Number(sessionStorage.getItem(key)) || 0;
  } catch {
    // As above.
  }
  channel.addEventListener('toggle', look);
  document.addEventListener('live:applied', look);
  look();
}
