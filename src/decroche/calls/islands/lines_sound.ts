// What callers hear, recorded here or brought as a file: made a plain 8 kHz WAV in this browser, then sent.
import { origin, ready } from "../../ui/islands/page";
import { sound as context } from "./ringer";

const RATE = 8000;
const LONGEST_SECONDS = 90;

interface Take {
  box: HTMLElement;
  recorder: MediaRecorder;
  stream: MediaStream;
  timer: number;
  frame: number;
}
let take: Take | null = null;

/** Return the sound as one channel of 16 bits, as telephones carry it. */
async function telephone(blob: Blob): Promise<Blob> {
  const decoded = await context().decodeAudioData(await blob.arrayBuffer());
  const length = Math.max(1, Math.ceil(decoded.duration * RATE));
  const studio = new OfflineAudioContext(1, length, RATE);
  const source = studio.createBufferSource();
  source.buffer = decoded;
  source.connect(studio.destination);
  source.start();
  return wav((await studio.startRendering()).getChannelData(0));
}

function wav(samples: Float32Array): Blob {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const word = (at: number, text: string) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((value, i) => view.setInt16(44 + 2 * i, Math.round(Math.max(-1, Math.min(1, value)) * 32767), true));
  return new Blob([view.buffer], { type: "audio/wav" });
}

function tell(box: HTMLElement, text: string): void {
  const place = box.querySelector<HTMLElement>("[data-sound-kept]");
  if (!place) return;
  const line = document.createElement("p");
  line.className = "field-error mb-0";
  line.setAttribute("role", "alert");
  line.textContent = text;
  place.replaceChildren(line);
}

async function send(box: HTMLElement, blob: Blob): Promise<void> {
  const place = box.querySelector<HTMLElement>("[data-sound-kept]");
  const address = box.dataset["keep"];
  const token = box.closest("form")?.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')?.value;
  if (!place || !address) return;
  const body = new FormData();
  body.append("file", blob, "message.wav");
  try {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": token ?? "", "HX-Request": "true" },
    });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    htmx.swap(place, await answer.text(), { swapStyle: "innerHTML" });
  } catch {
    tell(box, box.dataset["lost"] ?? "");
  }
}

async function bring(box: HTMLElement, field: HTMLInputElement): Promise<void> {
  const file = field.files?.[0];
  if (!file) return;
  let blob: Blob = file;
  try {
    blob = await telephone(file);
  } catch {
    // What this browser cannot read is judged by the server, which says so in a sentence.
  }
  await send(box, blob);
  field.value = "";
}

function stop(): void {
  if (!take) return;
  const { recorder, stream, timer, frame, box } = take;
  take = null;
  window.clearInterval(timer);
  cancelAnimationFrame(frame);
  recorder.stop();
  stream.getTracks().forEach((track) => track.stop());
  show(box, false);
}

function show(box: HTMLElement, isOn: boolean): void {
  box.querySelector("[data-record]")?.setAttribute("aria-pressed", String(isOn));
  box.querySelector("[data-when-idle]")?.toggleAttribute("hidden", isOn);
  box.querySelector("[data-when-recording]")?.toggleAttribute("hidden", !isOn);
  const level = box.querySelector<HTMLMeterElement>("[data-record-level]");
  if (level) level.value = 0;
}

async function start(box: HTMLElement): Promise<void> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } });
  } catch {
    tell(box, box.dataset["noMicrophone"] ?? "");
    return;
  }
  const recorder = new MediaRecorder(stream);
  const pieces: Blob[] = [];
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.addEventListener("stop", () => {
    telephone(new Blob(pieces, { type: recorder.mimeType })).then(
      (blob) => send(box, blob),
      () => tell(box, box.dataset["unreadable"] ?? ""),
    );
  });
  const began = performance.now();
  const time = box.querySelector("[data-record-time]");
  const timer = window.setInterval(() => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    if (time) time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= LONGEST_SECONDS - 1 || !box.isConnected) stop();
  }, 200);
  take = { box, recorder, stream, timer, frame: 0 };
  meter(take);
  recorder.start();
  show(box, true);
}

function meter(one: Take): void {
  const listen = context().createAnalyser();
  listen.fftSize = 512;
  context().createMediaStreamSource(one.stream).connect(listen);
  const heard = new Float32Array(listen.fftSize);
  const level = one.box.querySelector<HTMLMeterElement>("[data-record-level]");
  const look = () => {
    if (take !== one) return;
    listen.getFloatTimeDomainData(heard);
    if (level) level.value = Math.min(1, 4 * Math.sqrt(heard.reduce((sum, v) => sum + v * v, 0) / heard.length));
    one.frame = requestAnimationFrame(look);
  };
  look();
}

ready(() => {
  document.addEventListener("click", (event) => {
    const box = origin(event)?.closest("[data-record]")?.closest<HTMLElement>("[data-sound]");
    if (!box) return;
    if (take) stop();
    else void start(box);
  });
  document.addEventListener("change", (event) => {
    const field = origin(event);
    const box = field?.closest<HTMLElement>("[data-sound]");
    if (box && field instanceof HTMLInputElement && field.matches("[data-sound-file]")) void bring(box, field);
  });
});
