// Which microphone, earpiece and ringer: chosen once a browser, by the browser's own names for them; nothing personal is kept.

export type Use = "mic" | "speaker" | "ringer" | "second";

const STORE = "decroche-devices";
const CLEAN: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const listeners: (() => void)[] = [];

interface Sink {
  setSinkId?: (id: string) => Promise<void>;
}

function load(): Partial<Record<Use, string>> {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "{}") as Partial<Record<Use, string>>;
  } catch {
    return {};
  }
}

/** Return the device chosen for a use; empty: the computer's own choice. */
export function chosen(use: Use): string {
  return load()[use] ?? "";
}

export function choose(use: Use, id: string): void {
  const all = load();
  if (id) all[use] = id;
  else delete all[use];
  try {
    localStorage.setItem(STORE, JSON.stringify(all));
  } catch {
    // A browser that keeps nothing: the choice holds until the page is closed.
  }
  listeners.forEach((tell) => tell());
}

export function onChoice(tell: () => void): void {
  listeners.push(tell);
}

/** Return what to ask the browser for; a headset that was unplugged since gives way to what there is. */
export function microphone(): MediaTrackConstraints {
  const id = chosen("mic");
  return id ? { ...CLEAN, deviceId: { ideal: id } } : CLEAN;
}

/** Let something sound on a device; what is gone gives way to the computer's own. */
export async function soundOn(element: object, id: string): Promise<void> {
  const sink = element as Sink;
  if (!sink.setSinkId) return;
  try {
    await sink.setSinkId(id);
  } catch {
    await sink.setSinkId("").catch(() => undefined);
  }
}

export async function devices(kind: MediaDeviceKind): Promise<MediaDeviceInfo[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return all.filter((one) => one.kind === kind && one.deviceId !== "" && one.deviceId !== "default" && one.deviceId !== "communications");
}

export function canChooseOutput(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
