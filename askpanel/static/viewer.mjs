// Cards are the same for every member of staff; what this one could only be refused is hidden here.
//
// On <main>: `data-organisation` and `data-username`, the viewer's. On an element: `data-for`, the
// organisation that may use it; `data-not-for`, organisations that may not, separated by spaces;
// `data-not-by`, the username that may not. The store decides; this only spares a vain click.

const main = document.querySelector('main');

function isFor({ for: only, notFor = '', notBy }) {
  const { organisation = '', username = '' } = main.dataset;
  if (only !== undefined && only !== organisation) return false;
  return !notFor.split(' ').includes(organisation) && notBy !== username;
}

function hideVain() {
  for (const element of document.querySelectorAll('[data-for], [data-not-for], [data-not-by]')) {
    element.hidden = !isFor(element.dataset);
  }
}

/** Hide what is not for this viewer, now and in what the server draws later. */
export function fitToViewer() {
  if (main?.dataset.organisation === undefined) return;
  hideVain();
  document.addEventListener('live:applied', hideVain);
}
