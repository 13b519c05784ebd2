// Blocking and first in <body>, in place of the inline script of GOV.UK Frontend, which the
// content security policy refuses. Classic script: it must run before anything is painted.
document.body.className +=
  ' js-enabled' + ('noModule' in HTMLScriptElement.prototype ? ' govuk-frontend-supported' : '');
