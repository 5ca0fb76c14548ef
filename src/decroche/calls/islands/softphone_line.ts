// The line to the exchange: JsSIP registers, a call rings, is answered, is over.
import JsSIP from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import { announce } from "../../ui/islands/page";
import { meter, ring, stopRinging } from "./ringer";
import { tell } from "./said";
import { chosen, microphone, onChoice, soundOn } from "./softphone_devices";
import { light } from "./softphone_headset";
import { config, flashTitle, restoreTitle, say, sentence, showMute, warn } from "./softphone_words";

export interface Account {
  simulated: boolean;
  expires_at: string;
  address?: string;
  username?: string;
  password?: string;
  error?: string;
}

const RETRY_MS = 2000;
const player = new Audio();
player.autoplay = true;

let ua: JsSIP.UA | null = null;
let session: RTCSession | null = null;
let stopMeter: (() => void) | null = null;
let answerSoon = 0;
let seenTalking = false; // our live channel has told of this conversation
let onForgotten: () => void = () => undefined;

export function isOn(): boolean {
  return ua !== null;
}

export function inSession(): boolean {
  return session !== null;
}

export function isTalking(): boolean {
  return session?.isEstablished() === true;
}

export function isRinging(): boolean {
  return session?.isInProgress() === true;
}

/** Say what to do when the exchange no longer knows us. */
export function whenForgotten(work: () => void): void {
  onForgotten = work;
}

// --- registering --------------------------------------------------------------------------------

export function start(found: Account): void {
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
  if (session) which.register();
  else onForgotten();
}

export function stop(): void {
  const old = ua;
  ua = null;
  old?.stop();
}

// --- a call -------------------------------------------------------------------------------------

function receive(incoming: RTCSession): void {
  if (session || !ua) {
    incoming.terminate({ status_code: 486 });
    return;
  }
  session = incoming;
  ring();
  light(false);
  flashTitle();
  incoming.on("accepted", () => {
    stopRinging();
    light(false);
  });
  incoming.on("confirmed", listen);
  // One negotiation a call: what the exchange would change later is refused, and the sound goes on as it is.
  incoming.on("reinvite", (event: { reject: (options: { status_code: number }) => void }) => event.reject({ status_code: 488 }));
  incoming.on("ended", over);
  incoming.on("failed", over);
  announce("softphone-changed");
  if (Date.now() < answerSoon) answer();
}

export function answer(): void {
  if (!session) {
    answerSoon = Date.now() + 3000; // the screen was quicker than the exchange: pick up as soon as it rings
    return;
  }
  answerSoon = 0;
  stopRinging();
  if (!session.isInProgress()) return;
  session.on("peerconnection", (event: { peerconnection: RTCPeerConnection }) => follow(event.peerconnection));
  session.answer({ mediaConstraints: { audio: microphone(), video: false }, pcConfig: { iceServers: [] } });
  if (session.connection) follow(session.connection);
}

const followed = new WeakSet<RTCPeerConnection>();

function follow(connection: RTCPeerConnection): void {
  if (followed.has(connection)) return;
  followed.add(connection);
  connection.addEventListener("track", (event) => {
    player.srcObject = event.streams[0] ?? new MediaStream([event.track]);
    void soundOn(player, chosen("speaker")).then(() => player.play()).catch(() => undefined);
  });
  connection.addEventListener("connectionstatechange", () => {
    if (connection.connectionState !== "failed") return;
    warn(sentence("Failed"));
    window.setTimeout(() => warn(""), 8000);
    hangUp();
  });
}

function sender(): RTCRtpSender | undefined {
  return session?.connection?.getSenders().find((one) => one.track?.kind === "audio");
}

function listen(): void {
  const track = sender()?.track;
  if (!track) return;
  stopMeter?.();
  stopMeter = meter(new MediaStream([track]), (level) => {
    const shown = document.querySelector<HTMLMeterElement>("[data-softphone-level]");
    if (shown) shown.value = isMuted() ? 0 : level;
  });
}

/** Use another microphone or earpiece in the middle of a call; nothing is negotiated anew. */
async function changeDevices(): Promise<void> {
  await soundOn(player, chosen("speaker"));
  const used = sender();
  if (!used?.track || used.track.getSettings().deviceId === chosen("mic") || !chosen("mic")) return;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: microphone() });
    const fresh = stream.getAudioTracks()[0];
    if (!fresh) return;
    fresh.enabled = !isMuted();
    const old = used.track;
    await used.replaceTrack(fresh);
    old?.stop();
    listen();
  } catch {
    // It is gone: the one before goes on.
  }
}

export function refuse(): void {
  stopRinging();
  if (session?.isInProgress()) session.terminate({ status_code: 486 });
}

export function hangUp(): void {
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
  light(false);
  announce("softphone-changed");
}

export function isMuted(): boolean {
  return session?.isMuted().audio === true;
}

export function toggleMute(): void {
  if (!session) return;
  if (isMuted()) session.unmute({ audio: true });
  else session.mute({ audio: true });
  showMute(isMuted());
  tell(sentence(isMuted() ? "Muted" : "Unmuted"));
  light(isMuted());
}

/** Note what our live channel says of this call; say whether it may be called over here. */
export function noteState(state: string): boolean {
  if (session && state === "on_call") seenTalking = true;
  // A bar that is merely late must never end a call that begins: only one that has said "on call" may say "over".
  return seenTalking && isTalking() && state !== "ringing" && state !== "on_call";
}

export function lineState(): string {
  return config()?.["state"] ?? "";
}

onChoice(() => void changeDevices());
