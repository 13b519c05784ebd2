// Short tones, made here: no file to fetch. A browser plays nothing before its user has pressed
// something on the page.

const SOFTLY = 0.02;

let audio = null;

/** Whether somebody has pressed something on this page yet. */
export const maySound = () => navigator.userActivation?.hasBeenActive ?? false;

/** The page's sound, once the browser allows it: before that, making one is a complaint. */
export function allowSound() {
  if (!audio && maySound()) audio = new AudioContext();
  audio?.resume();
  return audio;
}

/** Sound `tones`, each [seconds from now, Hertz], for `length` seconds and as loud as `loud` (to 1). */
export function sound(tones, { length, loud }) {
  const context = allowSound();
  if (!context) return;
  for (const [after, pitch] of tones) {
    const start = context.currentTime + after;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(loud, start + SOFTLY);
    volume.gain.linearRampToValueAtTime(0, start + length);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + length);
  }
}
