import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type {
  FoundKey,
  KeyAddition,
  KeyReference,
  KeyStorage,
  StoredKey,
  SubjectState,
  Tombstone,
} from "@eventfold/events";

/** A key to store, with a secret of its own. */
export function aKey(subject: string, own: Partial<StoredKey> = {}): StoredKey {
  const id = own.id ?? randomUUID();
  return { id, subject, secret: `secret of ${id}`, encryptedWith: undefined, ...own };
}

/** The addition of a first key, or of one in the place of another. */
export function adding(key: StoredKey, replaces?: string): KeyAddition {
  return { key, replaces };
}

/** Adds a key, which must become the current one. */
export async function addKey(storage: KeyStorage, subject: string, replaces?: StoredKey): Promise<StoredKey> {
  const key = aKey(subject);
  const [state] = await storage.add([adding(key, replaces?.id)]);
  assert.deepEqual(state, keyed(key), `the answer to the addition of a key of ${subject}`);
  return key;
}

/** The state of a subject with this current key. */
export function keyed(key: StoredKey): SubjectState {
  return { kind: "keyed", key };
}

/** The tombstone of a subject. */
export function aTombstone(subject: string, forgottenAtMs = 1_700_000_000_123): Tombstone {
  return { subject, forgottenAt: new Date(forgottenAtMs) };
}

/** The state of one subject. */
export async function stateOf(storage: KeyStorage, subject: string): Promise<SubjectState | undefined> {
  const [state] = await storage.current([subject]);
  return state;
}

/** What is stored under one reference. */
export async function foundUnder(
  storage: KeyStorage,
  { id, subject }: KeyReference,
): Promise<FoundKey["kind"] | undefined> {
  const [found] = await storage.find([{ id, subject }]);
  return found?.kind;
}

/** Everything that is stored. */
export async function everythingIn(storage: KeyStorage): Promise<object> {
  const all = { after: undefined, limit: 1_000 };
  const keys = await storage.listKeys(all);
  const subjects = [...new Set(keys.map(({ subject }) => subject))];
  return { keys, current: await storage.current(subjects), tombstones: await storage.listTombstones(all) };
}

/** Every call of a storage that must fail once it is closed. */
export function everyKeyCall(storage: KeyStorage): readonly (readonly [string, () => Promise<unknown>])[] {
  const { id, subject } = aKey("ada");
  const listing = { after: undefined, limit: 1 };
  const replacement = { id, subject, was: "a", secret: "b", encryptedWith: undefined };
  return [
    ["current", () => storage.current([subject])],
    ["add", () => storage.add([adding(aKey(subject))])],
    ["find", () => storage.find([{ id, subject }])],
    ["forget", () => storage.forget([aTombstone(subject)])],
    ["listKeys", () => storage.listKeys(listing)],
    ["listTombstones", () => storage.listTombstones(listing)],
    ["replaceSecrets", () => storage.replaceSecrets([replacement])],
  ];
}
