// The browser as a telephone: JsSIP towards Asterisk, or orders alone where the telephony is simulated.
// The page obeys our own live channel: when the switchboard says that a call is over, it is over here,
// even if the exchange's own farewell was lost with a flapping socket.
import JsSIP from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import { announce, origin, person, ready } from "../../ui/islands/page";
import { meter, ring, stopRinging, wakeAtFirstGesture } from "./ringer";

interface Account {
  simulated: boolean;
  expires_at: string;
  address?: string;
  username?: string;
  password?: string;
  error?: string;
}

const RETRY_MS = 2000;
const RENEW_BEFORE_MS = 10 * 60_000;
const GRACE_MS = 1500; // between what the exchange says and what our live channel says
const SOUND: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

let ua: JsSIP.UA | null = null;
let session: RTCSession | null = null;
let account: Account | null = null;
let opening = false;
let deaf = false;
let failures = 0;
let notBefore = 0;
let hasPhone = false; // this tab holds the one phone of this browser
let askedForPhone = false;
let answerSoon = 0;
let overTimer = 0;
let seenTalking = false; // our live channel has told of this conversation
let renewTimer = 0;
let stopMeter: (() => void) | null = null;
let warning = "";
let words = "";
let title = "";

const player = new Audio();
player.autoplay = true;

function config(): DOMStringMap | null {
  return document.getElementById("softphone")?.dataset ?? null;
}

function say(key: string): void {
  words = config()?.[`t${key}`] ?? words;
  show();
}

function warn(text: string): void {
  warning = text;
  show();
}

/** Put back what a refreshed bar has lost: words, warning, the microphone's state, the level. */
function show(): void {
  const status = document.querySelector<HTMLElement>("[data-softphone-status]");
  if (status && status.textContent !== words) status.textContent = words;
  const box = document.querySelector<HTMLElement>("[data-softphone-warning]");
  if (box) {
    box.textContent = warning;
    box.hidden = warning === "";
  }
  const muted = session?.isMuted().audio === true;
  const button = document.querySelector<HTMLElement>('[data-softphone="mute"]');
  if (!button) return;
  button.setAttribute("aria-pressed", String(muted));
  const word = button.querySelector<HTMLElement>("[data-softphone-word]");
  if (word) word.textContent = (muted ? config()?.["tUnmute"] : config()?.["tMute"]) ?? "";
}

async function post(address: string): Promise<Response> {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
  return fetch(address, { method: "POST", headers: { ...headers, Accept: "application/json" }, credentials: "same-origin" });
}

// --- one phone a browser ----------------------------------------------------------------------

/** Hold the phone in one tab; the others wait for it, and take it over when that tab is closed. */
function askForPhone(): void {
  if (askedForPhone) return;
  askedForPhone = true;
  if (!navigator.locks) {
    hasPhone = true;
    return;
  }
  const name = `decroche-phone-${person()}`;
  const hold = (): Promise<never> => {
    hasPhone = true;
    warn("");
    void sync();
    return new Promise<never>(() => undefined);
  };
  void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
    if (lock) return hold();
    warn(config()?.["tOtherTab"] ?? "");
    void navigator.locks.request(name, hold);
    return undefined;
  });
}

// --- registering --------------------------------------------------------------------------------

async function hasMicrophone(): Promise<boolean> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
    stream.getTracks().forEach((track) => track.stop());
    return true;
  } catch (error) {
    const missing = error instanceof DOMException && error.name === "NotFoundError";
    warn(config()?.[missing ? "tNoMicrophone" : "tMicrophone"] ?? "");
    return false;
  }
}

async function open(): Promise<void> {
  const address = config()?.["account"];
  if (!address || opening || ua || account || Date.now() < notBefore) return;
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
    } else if (await hasMicrophone()) start(account);
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

function start(found: Account): void {
  warn("");
  say("Connecting");
  const address = found.address ?? "";
  const host = new URL(address).hostname;
  const fresh = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(address)],
    uri: `sip:${found.username}@${host}`,
    authorization_user: found.username ?? "",
    password: found.password ?? "",
    register: true,
    register_expires: 60,
    session_timers: false,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 3,
    user_agent: "Decroche",
  });
  ua = fresh;
  fresh.on("registered", () => {
    if (fresh !== ua) return;
    warn("");
    say("Ready");
    announce("softphone-changed");
  });
  fresh.on("disconnected", () => fresh === ua && say("Lost"));
  fresh.on("registrationFailed", () => window.setTimeout(() => registerAgain(fresh), RETRY_MS));
  fresh.on("newRTCSession", (event: { originator: string; session: RTCSession }) => {
    if (event.originator === "remote") receive(event.session);
  });
  fresh.start();
}

function registerAgain(which: JsSIP.UA): void {
  if (which !== ua || which.isRegistered()) return;
  if (session) {
    which.register();
    return;
  }
  stop();
  account = null; // perhaps the exchange has forgotten us: ask for a fresh credential
  later();
}

/** Take fresh credentials before the old ones lapse, between two calls. */
function renewLater(): void {
  window.clearTimeout(renewTimer);
  const left = Date.parse(account?.expires_at ?? "") - Date.now() - RENEW_BEFORE_MS;
  renewTimer = window.setTimeout(renew, Math.max(left, 60_000));
}

function renew(): void {
  if (session) {
    renewTimer = window.setTimeout(renew, 60_000);
    return;
  }
  stop();
  account = null;
  failures = 0;
  void sync();
}

function stop(): void {
  const old = ua;
  ua = null;
  if (old) {
    old.stop();
  }
}

// --- a call -------------------------------------------------------------------------------------

function receive(incoming: RTCSession): void {
  if (session || !ua) {
    incoming.terminate({ status_code: 486 });
    return;
  }
  session = incoming;
  say("Ringing");
  ring();
  flashTitle();
  incoming.on("accepted", () => {
    stopRinging();
    say("Talking");
  });
  incoming.on("confirmed", listen);
  incoming.on("ended", over);
  incoming.on("failed", over);
  announce("softphone-changed");
  if (Date.now() < answerSoon) answer();
}

function answer(): void {
  if (config()?.["simulated"] === "yes") {
    void htmx.ajax("POST", config()?.["pickUp"] ?? "", { target: "#phone-bar", swap: "outerHTML" });
    return;
  }
  if (!session) {
    answerSoon = Date.now() + 3000; // the screen was quicker than the exchange: pick up as soon as it rings
    return;
  }
  answerSoon = 0;
  stopRinging();
  if (!session.isInProgress()) return;
  session.on("peerconnection", (event: { peerconnection: RTCPeerConnection }) => follow(event.peerconnection));
  session.answer({ mediaConstraints: { audio: SOUND, video: false }, pcConfig: { iceServers: [] } });
  if (session.connection) follow(session.connection);
}

const followed = new WeakSet<RTCPeerConnection>();

function follow(connection: RTCPeerConnection): void {
  if (followed.has(connection)) return;
  followed.add(connection);
  connection.addEventListener("track", (event) => {
    player.srcObject = event.streams[0] ?? new MediaStream([event.track]);
    void player.play().catch(() => undefined);
  });
  connection.addEventListener("connectionstatechange", () => {
    if (connection.connectionState === "failed") hangUp();
  });
}

function listen(): void {
  const track = session?.connection?.getSenders().find((sender) => sender.track?.kind === "audio")?.track;
  if (!track) return;
  stopMeter?.();
  stopMeter = meter(new MediaStream([track]), (level) => {
    const shown = document.querySelector<HTMLMeterElement>("[data-softphone-level]");
    if (shown) shown.value = session?.isMuted().audio ? 0 : level;
  });
}

function refuse(): void {
  stopRinging();
  if (config()?.["simulated"] === "yes") {
    void htmx.ajax("POST", config()?.["putDown"] ?? "", { target: "#phone-bar", swap: "outerHTML" });
  } else if (session?.isInProgress()) session.terminate({ status_code: 486 });
}

function hangUp(): void {
  if (session && !session.isEnded()) session.terminate();
}

function over(): void {
  session = null;
  seenTalking = false;
  answerSoon = 0;
  stopRinging();
  stopMeter?.();
  stopMeter = null;
  player.srcObject = null;
  restoreTitle();
  if (ua?.isRegistered()) say("Ready");
  announce("softphone-changed");
}

function toggleMute(): void {
  if (!session) return;
  if (session.isMuted().audio) session.unmute({ audio: true });
  else session.mute({ audio: true });
  show();
}

function flashTitle(): void {
  title = document.title;
  document.title = `☎ ${title}`;
}

function restoreTitle(): void {
  if (title) document.title = title;
  title = "";
}

// --- obeying the bar ----------------------------------------------------------------------------

/** Do what the state on the bar asks for: register or leave, ring or be silent, end what is over. */
async function sync(): Promise<void> {
  const now = config();
  if (!now) return;
  show();
  const state = now["state"];
  if (state === "away") {
    if (!session) {
      stop();
      account = null;
    }
    return;
  }
  askForPhone();
  if (hasPhone && !account) await open();
  else if (hasPhone && account && !account.simulated && !ua && !opening && !deaf) start(account);
  obey(state ?? "");
}

function obey(state: string): void {
  const busy = state === "ringing" || state === "on_call";
  if (config()?.["simulated"] === "yes") {
    if (state === "ringing" && hasPhone) ring();
    else stopRinging();
    return;
  }
  window.clearTimeout(overTimer);
  if (session && state === "on_call") seenTalking = true;
  // A bar that is merely late must never end a call that begins: only one that has said "on call" may say "over".
  if (!busy && seenTalking && session?.isEstablished()) {
    overTimer = window.setTimeout(() => {
      const state = config()?.["state"];
      if (state !== "ringing" && state !== "on_call") hangUp();
    }, GRACE_MS);
  }
}

function onClick(event: Event): void {
  const pressed = origin(event)?.closest<HTMLElement>("[data-softphone]")?.dataset["softphone"];
  if (pressed === "answer") answer();
  else if (pressed === "refuse") refuse();
  else if (pressed === "mute") toggleMute();
}

/** When the switchboard cannot be told that the call is over, end it here all the same. */
function endHere(event: Event): void {
  const detail = (event as CustomEvent<{ elt: Element; successful: boolean }>).detail;
  if (!detail.successful && detail.elt.matches('[data-softphone="end"]')) hangUp();
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
  document.addEventListener("click", onClick);
  document.body.addEventListener("htmx:beforeRequest", holdBack);
  document.body.addEventListener("htmx:afterRequest", endHere);
  document.body.addEventListener("htmx:afterSettle", () => void sync());
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (menu instanceof HTMLDetailsElement && !menu.open && menu.closest("#phone-bar")) announce("softphone-changed");
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (session?.isEstablished()) event.preventDefault();
  });
  window.addEventListener("pagehide", () => stop());
  window.addEventListener("online", () => void sync());
  void sync();
});
