// Two tabs, one phone: who holds it is settled by a lock of the browser; the other may take it over.
import { person } from "../../ui/islands/page";

interface Holder {
  /** This tab now has the phone. */
  taken: () => void;
  /** Another tab has it; this one may ask for it. */
  elsewhere: () => void;
  /** Another tab has just taken it from this one. */
  lost: () => void;
  /** Say whether it may be given away now: not in the middle of a conversation. */
  mayGive: () => boolean;
  /** The other tab will not give it now. */
  refused: () => void;
}

let release: (() => void) | null = null;
let asked = false;
let holder: Holder | null = null;
let channel: BroadcastChannel | null = null;

function lockName(): string {
  return `decroche-phone-${person()}`;
}

export function hasPhone(): boolean {
  return release !== null;
}

/** Hold the phone in one tab; the others wait for it, and take it over when that tab is closed. */
export function askForPhone(who: Holder): void {
  if (asked) return;
  asked = true;
  holder = who;
  if (!navigator.locks) {
    release = () => undefined;
    who.taken();
    return;
  }
  listen();
  void navigator.locks.request(lockName(), { ifAvailable: true }, (lock) => {
    if (lock) return hold();
    who.elsewhere();
    waitForIt();
    return undefined;
  });
}

function waitForIt(): void {
  void navigator.locks.request(lockName(), hold);
}

function hold(): Promise<void> {
  const kept = new Promise<void>((resolve) => {
    release = resolve;
  });
  holder?.taken();
  return kept;
}

function listen(): void {
  if (!("BroadcastChannel" in window)) return;
  channel = new BroadcastChannel(lockName());
  channel.addEventListener("message", (event: MessageEvent<string>) => {
    if (event.data === "give" && release) {
      if (holder?.mayGive()) give();
      else channel?.postMessage("busy");
    } else if (event.data === "busy" && !release) holder?.refused();
  });
}

function give(): void {
  const leave = release;
  release = null;
  holder?.lost();
  leave?.();
  window.setTimeout(waitForIt, 0); // queue behind who asked, and have it again when that tab is closed
}

/** Ask the other tab for the phone; a tab that does not answer has it taken when it is closed. */
export function takeHere(): void {
  if (!release) channel?.postMessage("give");
}
