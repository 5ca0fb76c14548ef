// « Mon téléphone »: choose devices, see the level, hear oneself, ring to try, let the headset's keys in.
import { origin, ready } from "../../ui/islands/page";
import { meter, once, sound } from "./ringer";
import { canChooseOutput, choose, chosen, devices, microphone, soundOn, type Use } from "./softphone_devices";
import { canHaveKeys, chooseHeadset, hasKeys } from "./softphone_headset";
import { inSession } from "./softphone_line";
import { show } from "./softphone_words";

const ECHO_MS = 3000;

let stream: MediaStream | null = null;
let stopMeter: (() => void) | null = null;
let playing: HTMLAudioElement | null = null;

function dialog(): HTMLElement | null {
  return document.getElementById("my-phone");
}

function words(key: string): string {
  return dialog()?.dataset[`t${key}`] ?? "";
}

function tell(selector: string, text: string): void {
  const place = document.querySelector<HTMLElement>(selector);
  if (place) place.textContent = text;
}

async function open(): Promise<void> {
  show();
  const keys = document.querySelector<HTMLElement>("[data-headset]");
  if (keys) keys.hidden = !canHaveKeys();
  if (hasKeys()) tell("[data-headset-words]", words("HeadsetOn"));
  await hear();
  await list();
}

/** Open the microphone: for its level, and because names of devices are told only then. */
async function hear(): Promise<void> {
  stopHearing();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: microphone() });
  } catch {
    tell("[data-echo-words]", words("Denied"));
    return;
  }
  if (!dialog()) {
    stopHearing();
    return;
  }
  stopMeter = meter(stream, (level) => {
    const shown = document.querySelector<HTMLMeterElement>("[data-my-level]");
    if (shown) shown.value = level;
  });
}

function stopHearing(): void {
  stopMeter?.();
  stopMeter = null;
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
}

async function list(): Promise<void> {
  const inputs = await devices("audioinput");
  const outputs = canChooseOutput() ? await devices("audiooutput") : [];
  for (const select of document.querySelectorAll<HTMLSelectElement>("[data-device]")) {
    const use = select.dataset["device"] as Use;
    fill(select, use === "mic" ? inputs : outputs, chosen(use), words(use === "second" ? "None" : "Default"));
    select.disabled = use !== "mic" && !canChooseOutput();
  }
}

function fill(select: HTMLSelectElement, all: MediaDeviceInfo[], used: string, first: string): void {
  const options = [new Option(first, "", used === "", used === "")];
  all.forEach((one, number) => {
    const label = one.label || `${select.labels?.[0]?.textContent ?? ""} ${number + 1}`;
    options.push(new Option(label, one.deviceId, one.deviceId === used, one.deviceId === used));
  });
  select.replaceChildren(...options);
}

/** Record three seconds and play them back, as a caller would hear them; nothing leaves the page. */
async function echo(button: HTMLButtonElement): Promise<void> {
  if (inSession()) return tell("[data-echo-words]", words("Busy"));
  if (!stream) await hear();
  if (!stream) return;
  button.disabled = true;
  tell("[data-echo-words]", words("Speak"));
  const parts: Blob[] = [];
  const recorder = new MediaRecorder(stream);
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => void playBack(new Blob(parts, { type: recorder.mimeType }), button));
  recorder.start();
  window.setTimeout(() => recorder.state === "recording" && recorder.stop(), ECHO_MS);
}

async function playBack(heard: Blob, button: HTMLButtonElement): Promise<void> {
  const address = URL.createObjectURL(heard);
  playing = new Audio(address);
  const finish = (): void => {
    URL.revokeObjectURL(address);
    playing = null;
    button.disabled = false;
    tell("[data-echo-words]", words("Done"));
  };
  if (!dialog()) return finish();
  tell("[data-echo-words]", words("Listen"));
  playing.addEventListener("ended", finish);
  playing.addEventListener("error", finish);
  await soundOn(playing, chosen("speaker"));
  await playing.play().catch(finish);
}

function onChange(event: Event): void {
  const select = origin(event)?.closest<HTMLSelectElement>("[data-device]");
  if (!select) return;
  const use = select.dataset["device"] as Use;
  choose(use, select.value);
  if (use === "mic") void hear();
}

function onClick(event: Event): void {
  const target = origin(event);
  const test = target?.closest<HTMLButtonElement>("[data-echo-test]");
  if (test) void echo(test);
  if (target?.closest("[data-ring-test]")) {
    sound();
    once();
  }
  if (target?.closest("[data-headset]")) {
    void chooseHeadset().then((found) => tell("[data-headset-words]", words(found ? "HeadsetOn" : "HeadsetOff")));
  }
}

/** Write on the small screen what was pressed, and let a real keyboard's keys reach the keypad's. */
function onKeypad(event: Event): void {
  const pressed = origin(event)?.closest<HTMLButtonElement>("[data-keypad] button");
  const shown = document.querySelector<HTMLElement>("[data-keypad-shown]");
  if (pressed && shown) shown.textContent = `${(shown.textContent ?? "").trim()}${pressed.value}`.slice(-20);
}

/** A number is called for the practice that is on the desk. */
function forWhom(event: Event): void {
  const { path, parameters } = (event as CustomEvent<{ path: string; parameters: FormData }>).detail;
  const practice = document.getElementById("zone-call")?.dataset["practice"];
  if (practice && path.endsWith("/calls/dial/") && !parameters.has("practice_id")) parameters.set("practice_id", practice);
}

ready(() => {
  document.body.addEventListener("htmx:configRequest", forWhom);
  document.body.addEventListener("htmx:load", (event) => {
    if (origin(event)?.id === "my-phone") void open();
  });
  document.addEventListener("close", (event) => {
    if ((event.target as Element | null)?.id !== "my-phone") return;
    stopHearing();
    playing?.pause();
  }, true);
  document.addEventListener("change", onChange);
  document.addEventListener("click", onClick);
  document.addEventListener("click", onKeypad);
  navigator.mediaDevices?.addEventListener("devicechange", () => dialog() && void list());
});
