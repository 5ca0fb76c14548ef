// Keep the offline page, its looks and the sealed fortnight for the day without network. Holds nothing readable.
// Bundled like a page's script, but it runs as a service worker: its globals are spelt out here.

interface Kept {
  open(name: string): Promise<Cache>;
  match(request: Request): Promise<Response | undefined>;
}
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Lasting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  addEventListener(name: "install" | "activate", work: (event: Lasting) => void): void;
  addEventListener(name: "message", work: (event: Lasting & { data: { keep?: string[] }; ports: MessagePort[] }) => void): void;
  addEventListener(name: "fetch", work: (event: Asked) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const worker = globalThis as unknown as Worker & { caches: Kept };
const SHELF = "decroche-continuity-1";
const PATIENCE_MS = 4000;

function isKept(url: string): boolean {
  return /\/continuity\/\d+\/(page|sealed)\//.test(url) || url.includes("/static/");
}

async function renew(request: Request): Promise<Response> {
  const answer = await fetch(request);
  // A sign-in page must never take the place of the sealed one.
  if (isWhole(answer)) await (await worker.caches.open(SHELF)).put(request.url, answer.clone());
  return answer;
}

function isWhole(answer: Response): boolean {
  return answer.ok && !answer.redirected;
}

/** Keep all of it; tell whether all of it is here, from now or from before. */
async function keepAll(urls: string[]): Promise<boolean> {
  const shelf = await worker.caches.open(SHELF);
  const kept = urls.map(async (url) => {
    const fresh = await renew(new Request(url, { credentials: "same-origin" })).catch(() => null);
    return (fresh !== null && isWhole(fresh)) || (await shelf.match(url)) !== undefined;
  });
  return (await Promise.all(kept)).every(Boolean);
}

async function answer(request: Request): Promise<Response> {
  const shelf = await worker.caches.open(SHELF);
  const old = await shelf.match(request.url);
  const fresh = renew(request).catch(() => null);
  const patience = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const first = old ? await Promise.race([fresh, patience]) : await fresh;
  if (first && isWhole(first)) return first;
  return old ?? first ?? Response.error();
}

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("message", (event) => {
  event.waitUntil(keepAll(event.data.keep ?? []).then((whole) => event.ports[0]?.postMessage(whole)));
});
worker.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && isKept(event.request.url)) event.respondWith(answer(event.request));
});
