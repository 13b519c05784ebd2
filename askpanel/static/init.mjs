// Starts the GOV.UK Frontend components of the page, and of whatever the server puts in it later.

import { countDown } from './countdown.mjs';
import {
  Button, CharacterCount, ErrorSummary, ExitThisPage, NotificationBanner, PasswordInput,
  ServiceNavigation, SkipLink, isSupported,
} from './vendor/govuk-frontend.min.js';

/** Exit this page, leaving no entry for it in the history and nothing typed to come back to. */
class QuickExit extends ExitThisPage {
  exitPage() {
    dispatchEvent(new Event('live:stop'));
    for (const field of document.querySelectorAll('textarea, input[type="text"]')) {
      field.value = '';
    }
    document.title = ' ';
    this.$updateSpan.textContent = '';
    document.body.classList.add('govuk-exit-this-page-hide-content');
    this.$overlay = document.createElement('div');
    this.$overlay.className = 'govuk-exit-this-page-overlay';
    this.$overlay.setAttribute('role', 'alert');
    document.body.append(this.$overlay);
    this.$overlay.textContent = this.i18n.t('activated');
    location.replace(this.$button.href);
  }
}

const COMPONENTS = new Map(
  [CharacterCount, ErrorSummary, NotificationBanner, PasswordInput, QuickExit, ServiceNavigation,
    SkipLink]
    .map(Component => [Component.moduleName, element => new Component(element)]));
COMPONENTS.set(Button.moduleName, element => new Button(element, { preventDoubleClick: true }));

const MODULES = '[data-module]';

function start(scope) {
  const own = scope.matches?.(MODULES) ? [scope] : [];
  for (const element of [...own, ...scope.querySelectorAll(MODULES)]) {
    const component = COMPONENTS.get(element.dataset.module);
    if (!component || element.hasAttribute(`data-${element.dataset.module}-init`)) continue;
    try {
      component(element);
    } catch (error) {
      // One component with odd markup must not keep the others, or the socket, from starting.
      console.error(error);
    }
  }
}

if (isSupported()) {
  start(document);
  document.addEventListener('live:applied', event => start(event.detail ?? document));
}
countDown();
