// Blocking and first in <body>, in place of the inline script of GOV.UK Frontend, which the
// content security policy refuses. Classic script: it must run before anything is painted.
document.body.className +=
  ' js-enabled' + hiding() + ('noModule' in HTMLScriptElement.prototype ? ' govuk-frontend-supported' : '');

// Where the script of the page does not come, or is too new for this browser, the page is one
// without scripts.
addEventListener('error', function (event) {
  if (event.target.localName === 'script' || event.error instanceof SyntaxError) {
    document.body.classList.remove('govuk-frontend-supported');
  }
}, true);

// What somebody has hidden on this tab must not show for a moment when it is loaded again.
function hiding() {
  try {
    return sessionStorage.getItem('askpanel-hidden') ? ' ask-hiding' : '';
  } catch (forbidden) {
    return '';
  }
}
