// The ring tone, made here so that no sound file is fetched: two soft notes, a silence, again.

import { chosen, onChoice, soundOn } from "./softphone_devices";

let context: AudioContext | null = null;
let second: AudioContext | null = null; // a loudspeaker beside the headset
let timer = 0;
let asked = false;

/** Return the page's one audio context; browsers let it sound only after a first click or key. */
export function sound(): AudioContext {
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume();
  return context;
}

/** Ring where she chose; the page's sounds all go there, a conversation never does (it has its own player). */
async function choosePlaces(): Promise<void> {
  await soundOn(sound(), chosen("ringer"));
  const other = chosen("second");
  if (!other) {
    void second?.close();
    second = null;
    return;
  }
  second ??= new AudioContext();
  if (second.state === "suspended") void second.resume();
  await soundOn(second, other);
}

function note(at: AudioContext, frequency: number, from: number, length: number): void {
  const tone = at.createOscillator();
  const volume = at.createGain();
  tone.type = "sine";
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(0.16, from + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.001, from + length);
  tone.connect(volume).connect(at.destination);
  tone.start(from);
  tone.stop(from + length);
}

/** Play the two notes, once. */
export function once(): void {
  for (const at of [sound(), second]) {
    if (!at) continue;
    const now = at.currentTime + 0.02;
    note(at, 659.3, now, 0.45);
    note(at, 523.3, now + 0.28, 0.6);
    note(at, 659.3, now + 0.9, 0.45);
    note(at, 523.3, now + 1.18, 0.7);
  }
}

export function ring(): void {
  if (timer) return;
  once();
  timer = window.setInterval(once, 3200);
}

export function stopRinging(): void {
  window.clearInterval(timer);
  timer = 0;
}

/** Wake the audio at the person's first gesture, so that the first call is heard. */
export function wakeAtFirstGesture(): void {
  if (asked) return;
  asked = true;
  for (const gesture of ["pointerdown", "keydown"]) {
    document.addEventListener(gesture, () => void choosePlaces(), { once: true, capture: true });
  }
}

/** Tell how loud a microphone is, 0 to 1, ten times a second, until stopped. */
export function meter(stream: MediaStream, tell: (level: number) => void): () => void {
  const at = sound();
  const source = at.createMediaStreamSource(stream);
  const analyser = at.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const looking = window.setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    tell(Math.min(1, Math.sqrt(sum / samples.length) * 5));
  }, 100);
  return () => {
    window.clearInterval(looking);
    source.disconnect();
  };
}

onChoice(() => void choosePlaces());
