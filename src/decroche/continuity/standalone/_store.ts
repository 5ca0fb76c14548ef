// Written lines, sealed, in the browser's own database until they are sent.
import type { Sealed } from "./_vault";

export interface Kept {
  id: string;
  practice: string;
  box: Sealed;
}

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("decroche-offline", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("lines", { keyPath: "id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const base = await database();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction("lines", mode);
    const request = work(transaction.objectStore("lines"));
    transaction.oncomplete = () => {
      base.close();
      resolve(request.result);
    };
    transaction.onerror = () => reject(transaction.error);
  });
}

export async function keep(practice: string, id: string, box: Sealed): Promise<void> {
  await inStore("readwrite", (store) => store.put({ id, practice, box } satisfies Kept));
}

export async function kept(practice: string): Promise<Kept[]> {
  const all = (await inStore("readonly", (store) => store.getAll())) as Kept[];
  return all.filter((each) => each.practice === practice);
}

export async function forget(id: string): Promise<void> {
  await inStore("readwrite", (store) => store.delete(id));
}
