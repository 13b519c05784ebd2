// Waiting: for an answer, no longer than agreed, and before trying again, all of us not at once.

const FIRST_MS = 250;
const STEP_MS = 1_000;
const LONGEST_MS = 30_000;

/** Full jitter: 250 ms and anything up to 1 s, 2 s, 4 s … 30 s more. `tries` counts from 0. */
export function backOff(tries) {
  return FIRST_MS + Math.random() * Math.min(LONGEST_MS, STEP_MS * 2 ** tries);
}

/** `fetch`, given up after `limit` milliseconds. */
export async function fetchWithin(limit, url, options) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), limit);
  try {
    const answer = await fetch(url, {
      credentials: 'same-origin',
      cache: 'no-store',
      ...options,
      signal: giveUp.signal,
    });
    const text = await answer.text();
    return { answer, text };
  } finally {
    clearTimeout(timer);
  }
}

/** The value that `answer` carries as JSON, or null when it carries something else. */
export function asJson({ answer, text }) {
  if (!(answer.headers.get('content-type') ?? '').startsWith('application/json')) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
