// Open and close the practice's vault with WebCrypto alone: the mirror of domain/sealing.py.

export interface Vault {
  publicKey: string;
  lockedPrivateKey: string;
  salt: string;
  nonce: string;
  iterations: number;
}

export interface Sealed {
  lockedKey: string;
  nonce: string;
  sealed: string;
}

export class WrongPhrase extends Error {}

const OAEP = { name: "RSA-OAEP", hash: "SHA-256" };
const NONCE_BYTES = 12;

type Bytes = Uint8Array<ArrayBuffer>;

export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function toBase64(bytes: ArrayBuffer | Bytes): string {
  const all = new Uint8Array(bytes);
  let text = "";
  const chunk = 0x8000;
  for (let at = 0; at < all.length; at += chunk) text += String.fromCharCode(...all.subarray(at, at + chunk));
  return btoa(text);
}

async function through(bytes: Bytes, stream: CompressionStream | DecompressionStream): Promise<Bytes> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** Unlock the private key; throws WrongPhrase. Takes about a second, on purpose. */
export async function unlock(vault: Vault, phrase: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(phrase.trim()), "PBKDF2", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt: fromBase64(vault.salt), iterations: vault.iterations },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["decrypt"],
  );
  let plain: ArrayBuffer;
  try {
    plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64(vault.nonce) }, key, fromBase64(vault.lockedPrivateKey));
  } catch (problem) {
    if (problem instanceof DOMException && problem.name === "OperationError") throw new WrongPhrase();
    throw problem;
  }
  return crypto.subtle.importKey("pkcs8", plain, OAEP, false, ["decrypt"]);
}

/** Open something sealed for the vault. */
export async function open<T>(privateKey: CryptoKey, box: Sealed): Promise<T> {
  const raw = await crypto.subtle.decrypt(OAEP, privateKey, fromBase64(box.lockedKey));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64(box.nonce) }, key, fromBase64(box.sealed));
  const text = new TextDecoder().decode(await through(new Uint8Array(plain), new DecompressionStream("deflate")));
  return JSON.parse(text) as T;
}

/** Seal something for the vault; only the phrase opens it again. */
export async function seal(vault: Vault, content: unknown): Promise<Sealed> {
  const publicKey = await crypto.subtle.importKey("spki", fromBase64(vault.publicKey), OAEP, false, ["encrypt"]);
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const bytes = await through(new Uint8Array(new TextEncoder().encode(JSON.stringify(content))), new CompressionStream("deflate"));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, bytes);
  const lockedKey = await crypto.subtle.encrypt(OAEP, publicKey, await crypto.subtle.exportKey("raw", key));
  return { lockedKey: toBase64(lockedKey), nonce: toBase64(nonce), sealed: toBase64(sealed) };
}
