// Cards are the same for every member of staff; what this one could only be refused is hidden here.
//
// On <main>: `data-organisation`, `data-username` and `data-role`, the viewer's. On an element:
// `data-for`, the organisation that may use it; `data-not-for`, organisations that may not;
// `data-not-by`, the username that may not; `data-role`, the roles that may, and `data-or-role`,
// those that may whatever their organisation. Several are separated by spaces. The store decides;
// this only spares a vain click.

const MARKED = '[data-for], [data-not-for], [data-not-by], [data-role]';

const main = document.querySelector('main');

const among = (word, words) => word !== '' && words.split(' ').includes(word);

function isFor({ for: only, notFor = '', notBy, role: roles, orRole = '' }) {
  const { organisation = '', username = '', role = '' } = main.dataset;
  if (roles !== undefined && !among(role, roles)) return false;
  if (only !== undefined && only !== organisation && !among(role, orRole)) return false;
  return !among(organisation, notFor) && notBy !== username;
}

function hideVain(redrawn) {
  const scope = main.contains(redrawn) && redrawn !== main ? redrawn : main;
  const own = scope !== main && scope.matches(MARKED) ? [scope] : [];
  for (const element of [...own, ...scope.querySelectorAll(MARKED)]) {
    element.hidden = !isFor(element.dataset);
  }
}

/** Hide what is not for this viewer, now and in what the server draws later. */
export function fitToViewer() {
  if (main?.dataset.organisation === undefined) return;
  hideVain(main);
  document.addEventListener('live:applied', event => hideVain(event.detail ?? main));
}
