import { randomBytes } from "node:crypto";
import { MemoryKeyStorageAdapter } from "@eventfold/adapter-memory";
import {
  type DataKey,
  type KeyEncryption,
  type KeyStorage,
  type KeyStorageAdapter,
  KeyStore,
  keyEncryptionWith,
  type StoredKey,
  type Tombstone,
} from "@eventfold/events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { changedKeyAdapter } from "../src/changed-key-adapter.ts";
import { DATABASES, type Database } from "../src/databases.ts";

const RIVALS = 16;
const ROUNDS = process.env.EVENTFOLD_SOAK ? 100 : 10;
const ALL = { after: undefined, limit: 1_000 };

/** The bytes of a key, to compare it. */
const bytesOf = (key: DataKey | undefined) => key?.secret.export().toString("hex");

describe.each(DATABASES)("a key store on $name", ({ create }) => {
  let database: Database;
  beforeEach(async () => {
    database = await create();
  });
  afterEach(() => database.dispose());
  const openStore = async () => new KeyStore({ adapter: await database.openKeys() });

  it("makes one first key, however many key stores make it at once", async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, openStore));
    for (let round = 0; round < ROUNDS; round += 1) {
      const subject = `subject-${round}`;
      const keys = await Promise.all(Array.from({ length: RIVALS }, (_, n) => stores[n % 4]?.current([subject])));
      expect(new Set(keys.map((own) => own?.[0]?.id)).size).toBe(1);
      expect(new Set(keys.map((own) => bytesOf(own?.[0]))).size).toBe(1);
    }
  });

  it("makes one next key, however many key stores rotate at once", async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, openStore));
    const ids = new Set<string | undefined>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const [before] = (await stores[0]?.current(["ada"])) ?? [];
      const rotated = await Promise.all(Array.from({ length: RIVALS }, (_, n) => stores[n % 4]?.rotate("ada")));
      const different = new Set(rotated.map((own) => own?.id));
      // Who reads the current key after a rival has replaced it rotates once more.
      expect(different.has(before?.id)).toBe(false);
      for (const id of different) ids.add(id);
    }
    const lookups = await stores[3]?.keys([...ids].map((id) => ({ id: id ?? "", subject: "ada" })));
    expect(lookups?.every(({ kind }) => kind === "key")).toBe(true);
  });

  it("forgets for all key stores, at once for itself and for those that keep nothing", async () => {
    const adapter = await database.openKeys();
    const [store, other] = [new KeyStore({ adapter }), new KeyStore({ adapter, cacheMs: 0 })];
    const [key] = (await store.current(["ada", "bea"])) as [DataKey];
    await store.rotate("ada");
    const reference = { id: key.id, subject: "ada" };
    expect((await store.keys([reference]))[0]?.kind).toBe("key");
    const { forgottenAt } = await store.forget("ada");
    for (const each of [store, other]) {
      expect(await each.keys([reference])).toEqual([{ kind: "forgotten" }]);
      const refusal = { code: "FORGOTTEN_SUBJECT", subjects: ["ada"] };
      await expect(each.current(["bea", "ada"])).rejects.toMatchObject(refusal);
      await expect(each.rotate("ada")).rejects.toMatchObject(refusal);
      expect(await each.current(["bea"])).toMatchObject([{ subject: "bea" }]);
    }
    expect(await other.forget("ada")).toEqual({ subject: "ada", forgottenAt });
  });

  it("goes through all tombstones, and applies them to a storage that was restored", async () => {
    const store = await openStore();
    const subjects = Array.from({ length: 1_100 }, (_, n) => `subject-${String(n).padStart(4, "0")}`);
    const tombstones = subjects.map((subject, n): Tombstone => ({ subject, forgottenAt: new Date(n) }));
    await store.applyTombstones(tombstones);
    const listed: Tombstone[] = [];
    for await (const tombstone of store.tombstones()) listed.push(tombstone);
    expect(listed).toEqual(tombstones);
    // What is forgotten already stays as it is.
    await store.applyTombstones(tombstones.map(({ subject }) => ({ subject, forgottenAt: new Date(9_999) })));
    const again: Tombstone[] = [];
    for await (const tombstone of store.tombstones()) again.push(tombstone);
    expect(again).toEqual(tombstones);
  });

  it("encrypts keys, and changes the key-encryption key step by step without an interruption", async () => {
    const adapter = await database.openKeys();
    const [old, next] = [randomBytes(32), randomBytes(32)];
    const storeWith = (keyEncryption: KeyEncryption | undefined, acceptUnencrypted = false) =>
      new KeyStore({ adapter, keyEncryption, acceptUnencrypted, cacheMs: 0 });
    const plain = storeWith(undefined);
    const keys = await plain.current(Array.from({ length: 20 }, (_, n) => `subject-${n}`));
    const references = keys.map(({ id, subject }) => ({ id, subject }));
    const canRead = async (store: KeyStore) => {
      const lookups = await store.keys(references);
      return lookups.every((lookup, n) => lookup.kind === "key" && bytesOf(lookup.key) === bytesOf(keys[n]));
    };
    const kindsOf = async (store: KeyStore) => new Set((await store.keys(references)).map(({ kind }) => kind));
    const encryptedWith = async () => {
      const stored = await adapter.storage.listKeys(ALL);
      return new Set(stored.map((key) => key.encryptedWith));
    };

    // Encryption is introduced: whoever accepts both reads on, and new keys are encrypted.
    const onlyOld = keyEncryptionWith({ current: "old", keys: { old } });
    expect(await canRead(storeWith(onlyOld, true))).toBe(true);
    expect(await kindsOf(storeWith(onlyOld))).toEqual(new Set(["unreadable"]));
    await expect(storeWith(onlyOld).current(["subject-1"])).rejects.toMatchObject({ code: "UNREADABLE_KEY" });
    const [added] = (await storeWith(onlyOld).current(["new"])) as [DataKey];
    expect(await storeWith(onlyOld, true).encryptKeys()).toBe(20);
    expect(await storeWith(onlyOld, true).encryptKeys()).toBe(0);
    expect(await canRead(storeWith(onlyOld))).toBe(true);
    expect(await encryptedWith()).toEqual(new Set(["old"]));
    expect(await kindsOf(plain)).toEqual(new Set(["unreadable"]));
    const stored = JSON.stringify(await adapter.storage.listKeys(ALL));
    for (const key of keys) expect(stored).not.toContain(key.secret.export().toString("base64"));

    // The key-encryption key is changed: all processes get the next one, then it is current, then everything is encrypted again.
    const both = { old, next };
    expect(await canRead(storeWith(keyEncryptionWith({ current: "old", keys: both })))).toBe(true);
    const withNext = storeWith(keyEncryptionWith({ current: "next", keys: both }));
    await withNext.current(["newer"]);
    expect(await encryptedWith()).toEqual(new Set(["old", "next"]));
    expect(await canRead(withNext)).toBe(true);
    expect(await withNext.encryptKeys()).toBe(21);
    expect(await encryptedWith()).toEqual(new Set(["next"]));
    expect(await canRead(storeWith(keyEncryptionWith({ current: "next", keys: { next } })))).toBe(true);
    const [lookup] = await withNext.keys([{ id: added.id, subject: "new" }]);
    expect(lookup?.kind === "key" && bytesOf(lookup.key)).toBe(bytesOf(added));

    // The old one alone reads nothing any more, and nothing is taken for forgotten.
    expect(await kindsOf(storeWith(onlyOld))).toEqual(new Set(["unreadable"]));
  });

  it("encrypts again while keys are made, rotated and forgotten", async () => {
    const adapter = await database.openKeys();
    const keys = { a: randomBytes(32), b: randomBytes(32) };
    const stores = (["a", "b"] as const).map((current) => {
      return new KeyStore({ adapter, keyEncryption: keyEncryptionWith({ current, keys }), cacheMs: 0 });
    });
    const made: DataKey[] = [];
    const working = Array.from({ length: 40 }, async (_, n) => {
      const store = stores[n % 2] as KeyStore;
      const [key] = (await store.current([`subject-${n}`])) as [DataKey];
      made.push(key);
      if (n % 3 === 0) await store.rotate(key.subject);
      if (n % 5 === 0) await store.forget(key.subject);
    });
    await Promise.all([...working, stores[0]?.encryptKeys(), stores[1]?.encryptKeys()]);
    await stores[1]?.encryptKeys();
    const lookups = await stores[0]?.keys(made.map(({ id, subject }) => ({ id, subject })));
    for (const [index, lookup] of (lookups ?? []).entries()) {
      const key = made[index] as DataKey;
      const n = Number(key.subject.slice("subject-".length));
      expect(lookup.kind).toBe(n % 5 === 0 ? "forgotten" : "key");
      if (lookup.kind === "key") expect(bytesOf(lookup.key)).toBe(bytesOf(key));
    }
    expect((await adapter.storage.listKeys(ALL)).every(({ encryptedWith }) => encryptedWith === "b")).toBe(true);
  });
});

/** An adapter that notes its calls, and lets those that read wait. */
function watched(beneath: KeyStorageAdapter) {
  const { storage } = beneath;
  const calls: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  const noted = async <T>(name: string, answer: Promise<T>): Promise<T> => {
    calls.push(name);
    const given = await answer;
    if (name !== "add") await gate;
    return given;
  };
  const adapter = changedKeyAdapter(beneath, {
    current: (subjects) => noted("current", storage.current(subjects)),
    find: (references) => noted("find", storage.find(references)),
    add: (additions) => noted("add", storage.add(additions)),
  });
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    return resolve;
  };
  return { adapter, calls, hold };
}

describe("what a key store keeps in memory", () => {
  async function open(options: { readonly cacheMs?: number } = {}) {
    const { adapter, calls, hold } = watched(await MemoryKeyStorageAdapter.open());
    return { store: new KeyStore({ adapter, ...options }), other: new KeyStore({ adapter, cacheMs: 0 }), calls, hold };
  }
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is asked for once, in one call for a whole page", async () => {
    const { store, other, calls } = await open();
    const keys = await other.current(Array.from({ length: 100 }, (_, n) => `subject-${n}`));
    const references = [...keys, ...keys].map(({ id, subject }) => ({ id, subject }));
    calls.length = 0;
    for (let time = 0; time < 3; time += 1) await store.keys(references);
    expect(calls).toEqual(["find"]);
    await store.current(["subject-1", "new", "new"]);
    await store.current(["new", "subject-1"]);
    expect(calls).toEqual(["find", "current", "add"]);
  });

  it("is used for `cacheMs` after it was asked for, and not longer", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { store, other } = await open({ cacheMs: 1_000 });
    const [key] = (await store.current(["ada"])) as [DataKey];
    const reference = { id: key.id, subject: "ada" };
    await other.forget("ada");
    vi.advanceTimersByTime(999);
    expect((await store.keys([reference]))[0]?.kind).toBe("key");
    expect(await store.current(["ada"])).toEqual([key]);
    vi.advanceTimersByTime(1);
    expect((await store.keys([reference]))[0]?.kind).toBe("forgotten");
    await expect(store.current(["ada"])).rejects.toMatchObject({ code: "FORGOTTEN_SUBJECT" });
  });

  it("uses a key that others have rotated for `cacheMs` at most", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { store, other } = await open({ cacheMs: 1_000 });
    const [before] = (await store.current(["ada"])) as [DataKey];
    const { id } = await other.rotate("ada");
    expect((await store.current(["ada"]))[0]?.id).toBe(before.id);
    vi.advanceTimersByTime(1_000);
    expect((await store.current(["ada"]))[0]?.id).toBe(id);
  });

  it("does not include answers to what was asked before a subject was forgotten", async () => {
    const { store, other, hold } = await open();
    const [key] = (await other.current(["ada"])) as [DataKey];
    const reference = { id: key.id, subject: "ada" };
    const release = hold();
    const [finding, asking] = [store.keys([reference]), store.current(["ada"])];
    await new Promise(setImmediate);
    await store.forget("ada");
    release();
    await Promise.allSettled([finding, asking]);
    expect(await store.keys([reference])).toEqual([{ kind: "forgotten" }]);
    await expect(store.current(["ada"])).rejects.toMatchObject({ code: "FORGOTTEN_SUBJECT" });
  });

  it("is dropped when the reply to forgetting is lost", async () => {
    const beneath = await MemoryKeyStorageAdapter.open();
    const forget: KeyStorage["forget"] = async (tombstones) => {
      await beneath.storage.forget(tombstones);
      throw new Error("The reply was lost.");
    };
    const store = new KeyStore({ adapter: changedKeyAdapter(beneath, { forget }) });
    const [key] = (await store.current(["ada"])) as [DataKey];
    await expect(store.forget("ada")).rejects.toMatchObject({ code: "KEY_STORE_UNAVAILABLE", isRetryable: true });
    expect(await store.keys([{ id: key.id, subject: "ada" }])).toEqual([{ kind: "forgotten" }]);
  });

  it("is bounded, and what made room is asked for again", async () => {
    const { store, other, calls } = await open();
    const subjects = Array.from({ length: 10_001 }, (_, n) => `subject-${n}`);
    await other.current(subjects);
    await store.current(subjects);
    calls.length = 0;
    await store.current(["subject-10000"]);
    expect(calls).toEqual([]);
    await store.current(["subject-0"]);
    expect(calls).toEqual(["current"]);
  });

  it("does not include that a key is unknown, which another process may be making", async () => {
    const { store, other } = await open();
    const id = "018f0000-0000-4000-8000-000000000001";
    expect(await store.keys([{ id, subject: "ada" }])).toMatchObject([
      { kind: "unreadable", error: { code: "UNREADABLE_KEY", key: id, subject: "ada" } },
    ]);
    await other.forget("ada");
    expect(await store.keys([{ id, subject: "ada" }])).toEqual([{ kind: "forgotten" }]);
  });
});

describe("what is stored of a key", () => {
  async function open(change: (stored: StoredKey) => Partial<StoredKey>, keyEncryption?: KeyEncryption) {
    const adapter = await MemoryKeyStorageAdapter.open();
    const store = new KeyStore({ adapter, keyEncryption, cacheMs: 0 });
    const [key] = (await store.current(["ada"])) as [DataKey];
    const [stored] = (await adapter.storage.listKeys(ALL)) as [StoredKey];
    const { id, subject, secret: was } = stored;
    const { secret, encryptedWith } = { ...stored, ...change(stored) };
    await adapter.storage.replaceSecrets([{ id, subject, was, secret, encryptedWith }]);
    return { store, key, adapter };
  }
  const keyEncryption = keyEncryptionWith({ current: "k", keys: { k: randomBytes(32), k2: randomBytes(32) } });

  it.each<readonly [string, (stored: StoredKey) => Partial<StoredKey>]>([
    ["was cut", ({ secret }) => ({ secret: secret.slice(0, 20) })],
    ["was changed", ({ secret }) => ({ secret: secret.replace(/^./, (first) => (first === "A" ? "B" : "A")) })],
    ["is empty", () => ({ secret: "" })],
    ["is said to be encrypted with another key", () => ({ encryptedWith: "k2" })],
    ["is said to be encrypted with a key that is not there", () => ({ encryptedWith: "__proto__" })],
    ["is said to be encrypted with a member of a prototype", () => ({ encryptedWith: "constructor" })],
    ["is not encrypted", () => ({ secret: randomBytes(32).toString("base64"), encryptedWith: undefined })],
  ])("is refused when it %s", async (_, change) => {
    const { store, key } = await open(change, keyEncryption);
    const error = { code: "UNREADABLE_KEY", key: key.id, subject: "ada", isRetryable: false };
    expect(await store.keys([{ id: key.id, subject: "ada" }])).toMatchObject([{ kind: "unreadable", error }]);
    await expect(store.current(["ada"])).rejects.toMatchObject(error);
  });

  it("is refused in the place of another key", async () => {
    const { store, key, adapter } = await open(() => ({}), keyEncryption);
    const [other] = (await store.current(["bea"])) as [DataKey];
    const stored = await adapter.storage.listKeys(ALL);
    const ofBea = stored.find(({ subject }) => subject === "bea") as StoredKey;
    const ofAda = stored.find(({ subject }) => subject === "ada") as StoredKey;
    await adapter.storage.replaceSecrets([{ ...ofAda, was: ofAda.secret, secret: ofBea.secret }]);
    const lookups = await store.keys([key, other].map(({ id, subject }) => ({ id, subject })));
    expect(lookups.map(({ kind }) => kind)).toEqual(["unreadable", "key"]);
  });

  it("is refused unencrypted when it does not have 32 bytes", async () => {
    const { store } = await open(() => ({ secret: randomBytes(31).toString("base64") }));
    await expect(store.current(["ada"])).rejects.toMatchObject({ code: "UNREADABLE_KEY" });
  });

  it("is not shown by a key, however it is printed", async () => {
    const { key } = await open(() => ({}));
    const secret = key.secret.export();
    const { inspect } = await import("node:util");
    for (const text of [JSON.stringify(key), inspect(key, { depth: 9, showHidden: true }), String(key.secret)]) {
      expect(text).not.toContain(secret.toString("hex"));
      expect(text).not.toContain(secret.toString("base64"));
    }
  });
});

describe("keyEncryptionWith", () => {
  it("refuses keys that are none", () => {
    const k = randomBytes(32);
    for (const options of [
      { current: "k", keys: {} },
      { current: "toString", keys: { k } },
      { current: "__proto__", keys: { k } },
      { current: "k", keys: { k: randomBytes(31) } },
      { current: "k", keys: { k: "x".repeat(32) as unknown as Uint8Array } },
      { current: "k", keys: { k, "": k } },
      { current: "k", keys: { k, ["x".repeat(256)]: k } },
    ]) {
      expect(() => keyEncryptionWith(options), JSON.stringify(Object.keys(options.keys))).toThrow(TypeError);
    }
  });
});

describe("misuse", () => {
  it("is refused at once", async () => {
    const adapter = await MemoryKeyStorageAdapter.open();
    expect(() => new KeyStore({ adapter: undefined as unknown as KeyStorageAdapter })).toThrow(TypeError);
    for (const cacheMs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new KeyStore({ adapter, cacheMs })).toThrow(RangeError);
    }
    const store = new KeyStore({ adapter });
    for (const subject of ["", "a\nb", "\ud800", "x".repeat(201), 7 as unknown as string, null as unknown as string]) {
      const invalid = { code: "INVALID_NAME", kind: "subject" };
      await expect(store.current([subject])).rejects.toMatchObject(invalid);
      await expect(store.rotate(subject)).rejects.toMatchObject(invalid);
      await expect(store.forget(subject)).rejects.toMatchObject(invalid);
      await expect(store.applyTombstones([{ subject, forgottenAt: new Date() }])).rejects.toMatchObject(invalid);
    }
    for (const tombstone of [null, {}, { subject: "ada" }, { subject: "ada", forgottenAt: "2026" }]) {
      await expect(store.applyTombstones([tombstone as unknown as Tombstone])).rejects.toThrow(TypeError);
    }
    await expect(store.encryptKeys()).rejects.toThrow(TypeError);
    expect(await adapter.storage.listKeys(ALL)).toEqual([]);
    expect(await store.current([])).toEqual([]);
    expect(await store.keys([])).toEqual([]);
  });
});
