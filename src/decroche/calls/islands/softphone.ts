// The browser as a telephone: the exchange's line, or orders alone where the telephony is simulated.
// The page obeys our own live channel: when the switchboard says that a call is over, it is over here,
// even if the exchange's own farewell was lost with a flapping socket.
import JsSIP from "jssip";
import { announce, origin, ready } from "../../ui/islands/page";
import { ring, stopRinging, wakeAtFirstGesture } from "./ringer";
import { microphone } from "./softphone_devices";
import { followHeadset } from "./softphone_headset";
import * as line from "./softphone_line";
import type { Account } from "./softphone_line";
import { askForPhone, hasPhone, takeHere } from "./softphone_tabs";
import { config, say, sentence, show, showMute, warn } from "./softphone_words";

const RETRY_MS = 2000;
const RENEW_BEFORE_MS = 10 * 60_000;
const GRACE_MS = 1500; // between what the exchange says and what our live channel says

let account: Account | null = null;
let opening = false;
let deaf = false;
let failures = 0;
let notBefore = 0;
let overTimer = 0;
let renewTimer = 0;

async function post(address: string): Promise<Response> {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
  return fetch(address, { method: "POST", headers: { ...headers, Accept: "application/json" }, credentials: "same-origin" });
}

function isSimulated(): boolean {
  return config()?.["simulated"] === "yes";
}

/** Her calls ring on her mobile or on a SIP phone: this browser is no phone for the time being. */
function isElsewhere(): boolean {
  return config()?.["elsewhere"] === "yes";
}

// --- an account -----------------------------------------------------------------------------------

async function hasMicrophone(): Promise<boolean> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: microphone() });
    stream.getTracks().forEach((track) => track.stop());
    return true;
  } catch (error) {
    const missing = error instanceof DOMException && error.name === "NotFoundError";
    warn(sentence(missing ? "NoMicrophone" : "Microphone"));
    return false;
  }
}

async function open(): Promise<void> {
  const address = config()?.["account"];
  if (!address || opening || line.isOn() || account || Date.now() < notBefore) return;
  opening = true;
  try {
    const answer = await post(address);
    const found = (await answer.json()) as Account;
    if (!answer.ok) {
      warn(found.error ?? "");
      later();
      return;
    }
    failures = 0;
    account = found;
    renewLater();
    if (account.simulated) {
      warn("");
      say("Ready");
    } else if (await hasMicrophone()) line.start(account);
    else deaf = true; // a phone that cannot speak must not ring
  } catch {
    later();
  } finally {
    opening = false;
  }
}

/** Try again, less and less often while it fails. */
function later(): void {
  failures += 1;
  const pause = Math.min(RETRY_MS * 2 ** (failures - 1), 30_000);
  notBefore = Date.now() + pause;
  window.setTimeout(() => void sync(), pause + 50);
}

/** Perhaps the exchange has forgotten us: ask for a fresh credential. */
function forgotten(): void {
  close();
  later();
}

/** Take fresh credentials before the old ones lapse, between two calls. */
function renewLater(): void {
  window.clearTimeout(renewTimer);
  const left = Date.parse(account?.expires_at ?? "") - Date.now() - RENEW_BEFORE_MS;
  renewTimer = window.setTimeout(renew, Math.max(left, 60_000));
}

function renew(): void {
  if (line.inSession()) {
    renewTimer = window.setTimeout(renew, 60_000);
    return;
  }
  close();
  failures = 0;
  void sync();
}

function close(): void {
  line.stop();
  account = null;
}

// --- one phone, whatever the tabs -----------------------------------------------------------------

function claim(): void {
  askForPhone({
    taken: () => {
      warn("");
      void sync();
    },
    elsewhere: () => warn(sentence("OtherTab"), true),
    lost: () => {
      close();
      stopRinging();
      warn(sentence("Taken"), true);
    },
    mayGive: () => !line.inSession(),
    refused: () => warn(sentence("BusyThere"), true),
  });
}

// --- keys -----------------------------------------------------------------------------------------

function order(address: string): void {
  if (address) void htmx.ajax("POST", address, { target: "#phone-bar", swap: "outerHTML" });
}

function answer(): void {
  if (isSimulated()) order(config()?.["pickUp"] ?? "");
  else line.answer();
}

function refuse(): void {
  stopRinging();
  if (isSimulated()) order(config()?.["putDown"] ?? "");
  else line.refuse();
}

/** Leave a conversation that is not hers to end: a colleague's question, a supervisor's ear. */
function leave(): void {
  if (isSimulated()) order(config()?.["putDown"] ?? "");
  else line.hangUp();
}

/** Shut the microphone here when it is here; else ask the exchange (a mobile, a desk phone, a simulation). */
function mute(): void {
  if (line.inSession()) {
    line.toggleMute();
    return;
  }
  const button = document.querySelector<HTMLElement>('[data-softphone="mute"]');
  const shut = button?.getAttribute("aria-pressed") === "true";
  order(button?.dataset[shut ? "unmute" : "mute"] ?? "");
}

/** End through the same button as on screen, so that the switchboard hears of it. */
function end(): void {
  const button = document.querySelector<HTMLElement>('[data-softphone="end"]');
  if (button) button.click();
  else line.hangUp();
}

// --- obeying the bar --------------------------------------------------------------------------------

/** Do what the state on the bar asks for: register or leave, ring or be silent, end what is over. */
async function sync(): Promise<void> {
  const now = config();
  if (!now) return;
  show();
  if (line.inSession()) showMute(line.isMuted());
  const state = now["state"] ?? "";
  if (state === "away" || isElsewhere()) {
    if (!line.inSession()) close();
    if (state === "away" || !isSimulated()) return;
  }
  claim();
  if (hasPhone() && !account) await open();
  else if (hasPhone() && account && !account.simulated && !line.isOn() && !opening && !deaf) line.start(account);
  obey(state);
}

function obey(state: string): void {
  if (isSimulated()) {
    if (state === "ringing" && hasPhone() && !isElsewhere()) ring();
    else stopRinging();
    return;
  }
  window.clearTimeout(overTimer);
  if (line.noteState(state)) {
    overTimer = window.setTimeout(() => {
      if (line.noteState(line.lineState())) line.hangUp();
    }, GRACE_MS);
  }
}

function onClick(event: Event): void {
  const pressed = origin(event)?.closest<HTMLElement>("[data-softphone]")?.dataset["softphone"];
  if (pressed === "answer") answer();
  else if (pressed === "refuse") refuse();
  else if (pressed === "mute") mute();
  else if (pressed === "leave") leave();
  else if (pressed === "take") takeHere();
}

/** When the switchboard cannot be told that the call is over, end it here all the same. */
function endHere(event: Event): void {
  const detail = (event as CustomEvent<{ elt: Element; successful: boolean }>).detail;
  if (!detail.successful && detail.elt.matches('[data-softphone="end"]')) line.hangUp();
}

/** A menu that is open is not to be swapped away under the hand; the bar is read again when it closes. */
function holdBack(event: Event): void {
  const bar = document.getElementById("phone-bar");
  const element = (event as CustomEvent<{ elt: Element }>).detail.elt;
  if (element === bar && bar.querySelector("details[data-menu][open]")) event.preventDefault();
}

/** Try again when a headset is plugged in or the microphone is allowed. */
function watchMicrophone(): void {
  const again = (): void => {
    if (!deaf) return;
    void hasMicrophone().then((heard) => {
      deaf = !heard;
      if (heard) warn("");
      void sync();
    });
  };
  navigator.mediaDevices?.addEventListener("devicechange", again);
  void navigator.permissions
    ?.query({ name: "microphone" as PermissionName })
    .then((status) => status.addEventListener("change", again))
    .catch(() => undefined);
}

ready(() => {
  if (!document.getElementById("slot-phone") && !config()) return;
  JsSIP.debug.disable();
  wakeAtFirstGesture();
  watchMicrophone();
  line.whenForgotten(forgotten);
  followHeadset({
    answer, mute, hangUp: end,
    isRinging: () => line.isRinging() || (isSimulated() && config()?.["state"] === "ringing"),
    isTalking: () => line.isTalking() || (isSimulated() && config()?.["state"] === "on_call"),
  });
  document.addEventListener("click", onClick);
  document.body.addEventListener("htmx:beforeRequest", holdBack);
  document.body.addEventListener("htmx:afterRequest", endHere);
  document.body.addEventListener("htmx:afterSettle", () => void sync());
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (menu instanceof HTMLDetailsElement && !menu.open && menu.closest("#phone-bar")) announce("softphone-changed");
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (line.isTalking()) event.preventDefault();
  });
  window.addEventListener("pagehide", () => line.stop());
  window.addEventListener("online", () => void sync());
  void sync();
});
