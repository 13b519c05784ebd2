// A session in a frame of another site. It tells that site how tall it is, so that the frame can be
// made to fit:
//
//   {askpanel: 'resize', slug: 'stop-it-now', height: 1234}        CSS pixels
//
// and tells nobody else: every message is addressed to an origin from the settings of the service.

const main = document.querySelector('[data-embed]');
const allowed = (main?.dataset.origins ?? '').split(' ').filter(Boolean);

/** The origin of the page around this one, as far as the browser says; '' where it does not. */
function around() {
  if (location.ancestorOrigins?.length) return location.ancestorOrigins[0];
  try {
    return new URL(document.referrer).origin;
  } catch {
    return '';
  }
}

/** Whom to tell. A page that hides where it is gets what is addressed to it, and nobody else does. */
function addressees() {
  const known = around();
  return known && known !== location.origin ? allowed.filter(each => each === known) : allowed;
}

let told = 0;

function tell() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height === told) return;
  told = height;
  for (const origin of addressees()) {
    parent.postMessage({ askpanel: 'resize', slug: main.dataset.embed, height }, origin);
  }
}

/** Leave the whole tab, as the button on the full page does: not to come back to by Back. */
function leave(event) {
  try {
    top.location.replace(event.currentTarget.href);
    event.preventDefault();
  } catch {
    // The site around does not let its frames do that: the link does what it can.
  }
}

document.getElementById('embed-exit')?.addEventListener('click', leave);
if (main && parent !== window && allowed.length) new ResizeObserver(tell).observe(document.body);
