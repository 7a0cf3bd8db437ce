import type { KeyStorage, StoredKey } from "@eventfold/events";

/** A key whose id follows from a number. */
export function aKey(n: number, subject: string, own: Partial<StoredKey> = {}): StoredKey {
  const id = `018f0000-0000-4000-8000-${String(n).padStart(12, "0")}`;
  return { id, subject, secret: `secret ${n}`, encryptedWith: undefined, ...own };
}

/** Every call of the port, in an order in which each has something to do. */
export function everyCall(storage: KeyStorage): readonly (() => Promise<unknown>)[] {
  const [ada, next, bea] = [aKey(1, "ada's \"\\$1"), aKey(2, "ada's \"\\$1"), aKey(3, "bea", { encryptedWith: "{k}" })];
  const { id, subject, secret } = ada;
  const page = { after: undefined, limit: 10 };
  return [
    () => storage.current([subject, "bea"]),
    () => storage.add([ada, bea].map((key) => ({ key, replaces: undefined }))),
    () => storage.add([{ key: next, replaces: id }]),
    () => storage.find([ada, bea, next].map((key) => ({ id: key.id, subject: key.subject }))),
    () => storage.replaceSecrets([{ id, subject, was: secret, secret: "{,\"'\\", encryptedWith: "2026" }]),
    () => storage.listKeys(page),
    () => storage.forget([{ subject: "bea", forgottenAt: new Date(7) }]),
    () => storage.listTombstones(page),
    () => storage.current([subject, "bea"]),
  ];
}
