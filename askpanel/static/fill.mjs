// Words that are brought from elsewhere on the page: `data-fill="id" data-text="…"` on a link or
// button puts its text into the box with that id, after whatever is there; an element with
// `data-mirror="question-7"` says what that card says, and stays empty while it is not on the page.

const MIRRORS = '[data-mirror]';

function fill(source) {
  const box = document.getElementById(source.dataset.fill);
  if (!box) return false;
  const text = source.dataset.text ?? '';
  box.value = box.value.trim() ? `${box.value.trimEnd()}\n\n${text}` : text;
  box.dispatchEvent(new Event('input', { bubbles: true }));
  box.focus();
  return true;
}

function mirror(scope) {
  for (const element of scope.querySelectorAll(MIRRORS)) {
    const card = document.getElementById(element.dataset.mirror);
    // What is veiled on the card is veiled here too: its summary says why.
    const said = card?.querySelector('.ask-veil > summary') ?? card?.querySelector('.ask-text');
    const text = said?.textContent ?? '';
    if (element.textContent === text) continue;
    element.textContent = text;
    element.lang = said?.closest('[lang]')?.lang ?? document.documentElement.lang;
  }
}

/** Fill boxes and mirror cards, also in what the server draws later. */
export function bringWords() {
  mirror(document);
  document.addEventListener('live:applied', event => {
    if (!event.detail?.closest?.('ol[data-keys]:not(#opened)')) mirror(event.detail ?? document);
  });
  document.addEventListener('click', event => {
    const source = event.target.closest?.('[data-fill]');
    if (source && fill(source)) event.preventDefault();
  });
}
