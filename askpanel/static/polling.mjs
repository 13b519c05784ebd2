// Where no live line gets through, as in some offices, schools and libraries, the page is fetched
// now and then instead, and its lists brought to what it says. The line goes on being dialled.

import { resyncFrom } from './resync.mjs';
import { status } from './say.mjs';

const EVERY_MS = 25_000;
const SPREAD_MS = 10_000;

/**
 * A function to call whenever a dialling has failed for long: it fetches `page()` unless it is too
 * soon, or `isBusy()`, and gives `reached` where the page stands. `atOnce` is for who has just done
 * something, and waits to see it.
 */
export function fetchInstead({ page, isBusy, reached }) {
  let next = 0;
  let isUnderWay = false;

  return async function fetchNow({ atOnce = false } = {}) {
    if (isUnderWay || isBusy() || (performance.now() < next && !atOnce)) return;
    isUnderWay = true;
    next = performance.now() + EVERY_MS + Math.random() * SPREAD_MS;
    try {
      reached(await resyncFrom(page()));
      status('fetched');
    } catch {
      status('lost');
    }
    isUnderWay = false;
  };
}
