// Which answers a reader has chosen to read: those of one organisation, or about one topic.
//
// The choice is in the address, and the server draws the page by it; the script makes it without
// leaving the page, and sees to what comes later. What does not fit stays where it is, out of sight,
// and a link to it shows it. The choice stands on <details id="narrow" data-organisation data-topic>.

import { say } from './say.mjs';
import { counted } from './words.mjs';

const numbers = new Intl.NumberFormat(document.documentElement.lang || 'en');

const box = () => document.getElementById('narrow');
const list = () => document.getElementById('transcript');
const narrows = () => Boolean(box()?.dataset.organisation || box()?.dataset.topic);

/** Whether the reader wants to read `item`, which may not be on the page yet. */
export function fits(item) {
  const { organisation = '', topic = '' } = box()?.dataset ?? {};
  const { organisations = '', topic: about = '' } = item.dataset;
  return (!organisation || organisations.split(' ').includes(organisation))
    && (!topic || about === topic);
}

const sift = item => item.toggleAttribute('data-filtered', !fits(item));

/** Say how many are shown; gives the words. */
function tellCount() {
  const items = [...list().children];
  const shown = items.filter(item => !item.matches('[data-filtered]')).length;
  const text = counted('shown', shown).replace('%m', numbers.format(items.length));
  const place = document.getElementById('narrowed-count');
  if (place && place.textContent !== text) place.textContent = text;
  return text;
}

/** The choice alone, as it goes along into another language. */
function query(organisation, topic) {
  const chosen = Object.entries({ organisation, topic }).filter(([, value]) => value);
  return String(new URLSearchParams(chosen));
}

function choose(organisation, topic) {
  Object.assign(box().dataset, { organisation, topic });
  for (const item of list().children) sift(item);
  const url = new URL(location.href);
  for (const [name, value] of Object.entries({ organisation, topic })) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  // In place of the old one: going back leads out of the page, not through every choice.
  history.replaceState(history.state, '', url);
  for (const link of document.querySelectorAll('a[hreflang]')) link.search = query(organisation, topic);
  document.getElementById('narrowed').hidden = !narrows();
  say(tellCount());
}

function applied(event) {
  const scope = event.detail;
  if (!narrows() || !list()) return;
  const item = scope?.closest?.('#transcript > li');
  if (item) sift(item);
  else if (!scope?.contains || scope.contains(list())) for (const each of list().children) sift(each);
  else return;
  tellCount();
}

/** Let a reader choose without leaving the page, and keep to it with what comes. */
export function keepNarrow() {
  const form = document.getElementById('narrow-form');
  if (!form || !list()) return;
  document.addEventListener('live:applied', applied);
  form.addEventListener('submit', event => {
    event.preventDefault();
    choose(form.elements.organisation?.value ?? '', form.elements.topic?.value ?? '');
  });
  document.getElementById('narrow-off').addEventListener('click', event => {
    event.preventDefault();
    for (const select of form.querySelectorAll('select')) select.value = '';
    choose('', '');
    // The link that was pressed is gone.
    document.getElementById('transcript-heading').focus();
  });
}
