// Exit this page, by its button or Shift three times. All of it happens here and now: the page is
// emptied before anything else, and nobody waits for the server, which may not even answer. No entry
// is left for this page in the history of the tab; entries of earlier pages are, and those are
// asked of the server anew, without the cookie that told it whose questions to show.

import { ExitThisPage } from './vendor/govuk-frontend.min.js';

/** What the staff's pages keep: their keys and their sound. Everything else goes. */
const OF_STAFF = /^askpanel-(alert|keys|keymap|remarks)\b/;

function empty(storage) {
  try {
    const kept = storage();
    for (const name of Object.keys(kept)) if (!OF_STAFF.test(name)) kept.removeItem(name);
  } catch {
    // Storage may be forbidden; then there is nothing in it.
  }
}

/** Forget all that scripts have kept in this tab, and in this browser. */
export function forgetKept() {
  empty(() => sessionStorage);
  empty(() => localStorage);
}

/** The window to leave: the whole tab, also from within a frame, if the browser lets us. */
function leaveTo(address) {
  try {
    window.top.location.replace(address);
  } catch {
    location.replace(address);
  }
}

export class QuickExit extends ExitThisPage {
  hasLeft = false;

  exitPage() {
    if (this.hasLeft) return;
    this.hasLeft = true;
    const to = this.$root.dataset.exitUrl ?? this.$button.href;
    const words = this.i18n.t('activated');
    // Not empty: then a browser shows the address in its place.
    document.title = words;
    // Before anything is emptied, or it would be taken for something that was typed.
    dispatchEvent(new Event('live:stop'));
    for (const field of document.querySelectorAll('textarea, input[type="text"]')) {
      field.value = '';
    }
    const overlay = document.createElement('div');
    overlay.className = 'govuk-exit-this-page-overlay';
    overlay.setAttribute('role', 'alert');
    overlay.textContent = words;
    document.body.classList.add('govuk-exit-this-page-hide-content');
    document.body.replaceChildren(overlay);
    // What is on its way to us and brings a cookie back must not come behind the request to drop it.
    window.stop();
    forgetKept();
    addEventListener('pagehide', forgetKept);
    navigator.sendBeacon?.('/exit');
    leaveTo(to);
  }

  /** Called whenever the page is shown. Kept whole by the browser, it is not to be shown again. */
  resetPage() {
    if (this.hasLeft) location.reload();
    else super.resetPage();
  }
}
