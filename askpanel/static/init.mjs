// Starts the GOV.UK Frontend components of the page, and of whatever the server puts in it later.

import { countDown } from './countdown.mjs';
import { QuickExit } from './exit.mjs';
import {
  Button, CharacterCount, ErrorSummary, NotificationBanner, PasswordInput,
  ServiceNavigation, SkipLink, isSupported,
} from './vendor/govuk-frontend.min.js';

const COMPONENTS = new Map(
  [CharacterCount, ErrorSummary, NotificationBanner, PasswordInput, QuickExit, ServiceNavigation,
    SkipLink]
    .filter(Boolean) // the public's script comes without those that only staff pages show
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
