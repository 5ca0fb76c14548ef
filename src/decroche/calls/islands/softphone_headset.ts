// The keys of a headset: WebHID where there is one (hook, mute, lamps), Media Session otherwise (hang up, mute).

export interface HeadsetKeys {
  answer: () => void;
  hangUp: () => void;
  mute: () => void;
  isRinging: () => boolean;
  isTalking: () => boolean;
}

// Usages of the USB telephony and LED pages.
const TELEPHONY = 0x0b;
const HOOK = 0x0b0020;
const MUTE = 0x0b002f;
const LAMP_HOOK = 0x080017;
const LAMP_RING = 0x080018;
const LAMP_MUTE = 0x080009;

interface HidItem {
  usages?: number[];
  usageMinimum?: number;
  usageMaximum?: number;
  isRange?: boolean;
  reportSize?: number;
  reportCount?: number;
}
interface HidReport {
  reportId?: number;
  items?: HidItem[];
}
interface HidCollection {
  usagePage?: number;
  inputReports?: HidReport[];
  outputReports?: HidReport[];
  children?: HidCollection[];
}
interface HidDevice extends EventTarget {
  opened: boolean;
  collections: HidCollection[];
  open(): Promise<void>;
  sendReport(id: number, data: BufferSource): Promise<void>;
}
interface Hid extends EventTarget {
  getDevices(): Promise<HidDevice[]>;
  requestDevice(options: { filters: { usagePage: number }[] }): Promise<HidDevice[]>;
}

let keys: HeadsetKeys | null = null;
let device: HidDevice | null = null;
let hookWas = false;
let muteWas = false;

function hid(): Hid | null {
  return (navigator as unknown as { hid?: Hid }).hid ?? null;
}

export function canHaveKeys(): boolean {
  return hid() !== null;
}

export function hasKeys(): boolean {
  return device?.opened === true;
}

/** Follow a headset that was allowed before, and the media keys of any. */
export function followHeadset(what: HeadsetKeys): void {
  keys = what;
  mediaKeys();
  const known = hid();
  if (!known) return;
  void known.getDevices().then((found) => use(found)).catch(() => undefined);
  known.addEventListener("connect", () => void known.getDevices().then((found) => use(found)));
  known.addEventListener("disconnect", () => {
    device = null;
  });
}

/** Ask the person which headset; the browser shows its own list. */
export async function chooseHeadset(): Promise<boolean> {
  const found = await hid()?.requestDevice({ filters: [{ usagePage: TELEPHONY }] }).catch(() => []);
  return use(found ?? []);
}

async function use(found: HidDevice[]): Promise<boolean> {
  const fit = found.find((one) => all(one.collections).some((part) => part.usagePage === TELEPHONY));
  if (!fit) return false;
  try {
    if (!fit.opened) await fit.open();
  } catch {
    return false; // another program has it
  }
  if (device !== fit) fit.addEventListener("inputreport", onReport);
  device = fit;
  light(false);
  return true;
}

function all(collections: HidCollection[]): HidCollection[] {
  return collections.flatMap((one) => [one, ...all(one.children ?? [])]);
}

/** Walk the bits of a report: tell which usage each stands for. */
export function bits(report: HidReport): Map<number, number> {
  const found = new Map<number, number>();
  let at = 0;
  for (const item of report.items ?? []) {
    const size = item.reportSize ?? 0;
    const count = item.reportCount ?? 0;
    for (let number = 0; number < count; number += 1) {
      const usage = item.isRange ? (item.usageMinimum ?? 0) + number : item.usages?.[number];
      if (usage !== undefined && size === 1) found.set(usage, at + number);
    }
    at += size * count;
  }
  return found;
}

function onReport(event: Event): void {
  const { data, reportId } = event as unknown as { data: DataView; reportId: number };
  for (const collection of all(device?.collections ?? [])) {
    for (const report of collection.inputReports ?? []) {
      if ((report.reportId ?? 0) === reportId) read(bits(report), data);
    }
  }
}

function read(places: Map<number, number>, data: DataView): void {
  const isSet = (usage: number): boolean | null => {
    const at = places.get(usage);
    if (at === undefined || at >> 3 >= data.byteLength) return null;
    return (data.getUint8(at >> 3) & (1 << (at & 7))) !== 0;
  };
  const hook = isSet(HOOK);
  if (hook !== null && hook !== hookWas) {
    hookWas = hook;
    if (hook && keys?.isRinging()) keys.answer();
    else if (!hook && keys?.isTalking()) keys.hangUp();
  }
  const mute = isSet(MUTE);
  if (mute !== null && mute !== muteWas) {
    muteWas = mute;
    if (mute && keys?.isTalking()) keys.mute(); // a press is down, then up: it counts once
  }
}

/** Light the headset's lamps: many send their keys only while they know of a call. */
export function light(isMuted: boolean): void {
  if ("mediaSession" in navigator) media(isMuted);
  if (!device?.opened) return;
  const lit: [number, boolean][] = [
    [LAMP_HOOK, keys?.isTalking() ?? false],
    [LAMP_RING, keys?.isRinging() ?? false],
    [LAMP_MUTE, isMuted],
  ];
  hookWas = keys?.isTalking() ?? false;
  for (const collection of all(device.collections)) {
    for (const report of collection.outputReports ?? []) send(report, lit);
  }
}

function send(report: HidReport, lit: [number, boolean][]): void {
  const places = bits(report);
  if (!lit.some(([usage]) => places.has(usage))) return;
  const length = (report.items ?? []).reduce((sum, item) => sum + (item.reportSize ?? 0) * (item.reportCount ?? 0), 0);
  const data = new Uint8Array(Math.ceil(length / 8));
  for (const [usage, on] of lit) {
    const at = places.get(usage);
    if (at !== undefined && on) data[at >> 3] = (data[at >> 3] ?? 0) | (1 << (at & 7));
  }
  void device?.sendReport(report.reportId ?? 0, data).catch(() => undefined);
}

// --- media keys ---------------------------------------------------------------------------------

type Talking = MediaSession & {
  setMicrophoneActive?: (active: boolean) => void;
  setActionHandler: (action: string, handler: (() => void) | null) => void;
};

function mediaKeys(): void {
  if (!("mediaSession" in navigator)) return;
  const session = navigator.mediaSession as Talking;
  const handle = (action: string, work: () => void): void => {
    try {
      session.setActionHandler(action, work);
    } catch {
      // A browser that does not know this key.
    }
  };
  handle("hangup", () => keys?.isTalking() && keys.hangUp());
  handle("togglemicrophone", () => keys?.isTalking() && keys.mute());
}

function media(isMuted: boolean): void {
  const session = navigator.mediaSession as Talking;
  session.playbackState = keys?.isTalking() ? "playing" : "none";
  session.setMicrophoneActive?.(!isMuted);
}
