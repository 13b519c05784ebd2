// The words that scripts show, in the language of the page.
//
// They come from the catalogues by way of <template id="live-words">: `data-lost="…"` is the
// word "lost", and `data-new-one`, `data-new-other`, … are the plural forms of "new". Welsh has
// all six forms; `%n` stands for the number. Staff pages have more in <template data-words>.

const words = Object.assign({}, document.getElementById('live-words')?.dataset,
  ...[...document.querySelectorAll('template[data-words]')].map(template => template.dataset));
const language = document.documentElement.lang || 'en';
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

const capital = form => form[0].toUpperCase() + form.slice(1);

/** The word called `name`, or nothing. */
export function word(name) {
  return words[name] ?? '';
}

/** The word called `name` in the plural form that `count` takes. */
export function counted(name, count) {
  const text = words[name + capital(plurals.select(count))] ?? word(name + 'Other');
  return text.replace('%n', numbers.format(count));
}
