import { createCipheriv, randomBytes } from "node:crypto";
import { MemoryEventStorageAdapter, MemoryKeyStorageAdapter } from "@eventfold/adapter-memory";
import { defineEvents, event, type KeyStorageAdapter, KeyStore } from "@eventfold/events";
import { EventStore, type JsonObject, StorageUnavailableError, type StoredEvent } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { changedKeyAdapter } from "../src/changed-key-adapter.ts";
import { userEvents } from "../src/user-events.ts";

const registered = (userId: string, name = "Ada Lovelace") =>
  ({ name: "user-registered", payload: { userId, name } }) as const;

interface Sealed {
  readonly subject: string;
  readonly key: string;
  readonly fields: readonly string[];
  readonly data: string;
}

/** A store, and a way to put what an attacker has changed in the place of what was stored. */
async function openUsers(adapt: (adapter: KeyStorageAdapter) => KeyStorageAdapter = (adapter) => adapter) {
  const keyStore = new KeyStore({ adapter: adapt(await MemoryKeyStorageAdapter.open()), cacheMs: 0 });
  const store = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
  const users = store.category("users", { events: userEvents.withKeys(keyStore) });
  const stored = async (stream: string) => (await users.stream(stream).raw().read()) as readonly StoredEvent[];
  /** Reads a stored event whose payload was changed, as it would come from a database that somebody can write to. */
  const readChanged = async (event: StoredEvent, change: (sealed: Sealed) => unknown, rest: JsonObject = {}) => {
    const payload = event.payload as JsonObject;
    const changed = { ...payload, ...rest, $protected: change(payload.$protected as unknown as Sealed) } as JsonObject;
    return userEvents.withKeys(keyStore).read([{ ...event, payload: changed }]);
  };
  return { keyStore, store, users, stored, readChanged };
}

describe("what was changed in the database", () => {
  async function openTwo() {
    const opened = await openUsers();
    await opened.users.stream("u-1").publish({ events: [registered("u-1"), registered("u-1", "Ada King")] });
    await opened.users.stream("u-2").publish({ events: [registered("u-2", "Bea")] });
    const [first, second] = (await opened.stored("u-1")) as [StoredEvent, StoredEvent];
    const [other] = (await opened.stored("u-2")) as [StoredEvent];
    const sealedOf = ({ payload }: StoredEvent) => (payload as unknown as { $protected: Sealed }).$protected;
    return { ...opened, first, secondSealed: sealedOf(second), otherSealed: sealedOf(other), sealed: sealedOf(first) };
  }

  it("is refused with an error that names the event, wherever it was changed", async () => {
    const { first, secondSealed, otherSealed, sealed, readChanged } = await openTwo();
    const bytes = Buffer.from(sealed.data, "base64");
    const flipped = (at: number) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy.toString("base64");
    };
    const changes: Readonly<Record<string, (sealed: Sealed) => unknown>> = {
      "the vector": (own) => ({ ...own, data: flipped(0) }),
      "the ciphertext": (own) => ({ ...own, data: flipped(13) }),
      "the tag": (own) => ({ ...own, data: flipped(bytes.length - 1) }),
      "a short tag": (own) => ({ ...own, data: bytes.subarray(0, -12).toString("base64") }),
      "no tag": (own) => ({ ...own, data: bytes.subarray(0, 12).toString("base64") }),
      "no data": (own) => ({ ...own, data: "" }),
      "what is not base64": (own) => ({ ...own, data: "§" }),
      "another event's": () => secondSealed,
      "another event's data": (own) => ({ ...own, data: secondSealed.data }),
      "another subject's": () => otherSealed,
      "another subject": (own) => ({ ...own, subject: "u-2" }),
      "another subject with its key": (own) => ({ ...own, subject: "u-2", key: otherSealed.key }),
      "another field": (own) => ({ ...own, fields: ["plan"] }),
      "more fields": (own) => ({ ...own, fields: ["name", "plan"] }),
      "a key that is none": (own) => ({ ...own, key: "'; drop table keys" }),
      "an unknown key": (own) => ({ ...own, key: "018f0000-0000-4000-8000-000000000000" }),
      "a subject that is none": (own) => ({ ...own, subject: "\0" }),
      "no object": () => "text",
      null: () => null,
      "nothing in it": () => ({}),
      "no fields": (own) => ({ ...own, fields: [] }),
      "fields that are none": (own) => ({ ...own, fields: [1] }),
      "a list": () => [],
    };
    const { id, category, stream, position, sequenceNumber } = first;
    for (const [what, change] of Object.entries(changes)) {
      const error = await readChanged(first, change).catch((thrown: unknown) => thrown);
      const event = { id, category, stream, position, sequenceNumber };
      expect(error, what).toMatchObject({ code: "UNREADABLE_EVENT", isRetryable: false, event });
      expect((error as { event: object }).event, what).toEqual(event);
      expect(JSON.stringify(error), what).not.toContain("Lovelace");
    }
    expect((await readChanged(first, (own) => own))[0]?.payload).toMatchObject({ name: "Ada Lovelace" });
  });

  it("is refused when its tag is a short one that is right", async () => {
    // Without `authTagLength` Node accepts the first 4 bytes of a tag.
    const { keyStore, first, sealed, readChanged } = await openTwo();
    const [key] = await keyStore.current(["u-1"]);
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key?.secret as never, iv);
    cipher.setAAD(Buffer.from(JSON.stringify([first.id, sealed.subject, sealed.key, sealed.fields])));
    const body = Buffer.concat([cipher.update('["Eve"]'), cipher.final()]);
    for (const length of [4, 8, 12, 15]) {
      const data = Buffer.concat([iv, body, cipher.getAuthTag().subarray(0, length)]).toString("base64");
      await expect(readChanged(first, (own) => ({ ...own, data }))).rejects.toMatchObject({ code: "UNREADABLE_EVENT" });
    }
    const data = Buffer.concat([iv, body, cipher.getAuthTag()]).toString("base64");
    expect((await readChanged(first, (own) => ({ ...own, data })))[0]?.payload).toMatchObject({ name: "Eve" });
  });

  it("does not reach a prototype by its paths, forgotten or not", async () => {
    const { keyStore, first, readChanged } = await openTwo();
    await keyStore.forget("u-1");
    for (const path of ["__proto__.polluted", "constructor.prototype.polluted", "__proto__"]) {
      const read = await readChanged(first, (own) => ({ ...own, fields: [path] }));
      expect(Object.getPrototypeOf(read[0]?.payload)).toBe(Object.prototype);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("has no place for a field where another value is", async () => {
    const { keyStore, first, readChanged } = await openTwo();
    await keyStore.forget("u-1");
    const read = readChanged(first, (own) => ({ ...own, fields: ["address.street"] }), { address: "no object" });
    await expect(read).rejects.toMatchObject({ code: "UNREADABLE_EVENT" });
  });

  it("does not keep what comes before from being read", async () => {
    const { users, store, keyStore } = await openTwo();
    const $protected = { subject: "u-1", key: "018f0000-0000-4000-8000-000000000000", fields: ["name"], data: "AAAA" };
    await store
      .stream({ category: "users", stream: "u-3" })
      .publish({ events: [{ name: "user-registered", payload: { userId: "u-3", $protected } }] });
    const names: unknown[] = [];
    const reading = async () => {
      for await (const each of users.scan()) if (each.name === "user-registered") names.push(each.payload.name);
    };
    await expect(reading()).rejects.toMatchObject({ code: "UNREADABLE_EVENT", cause: { code: "UNREADABLE_KEY" } });
    expect(names).toEqual(["Ada Lovelace", "Ada King", "Bea"]);
    await keyStore.forget("u-1");
    expect((await users.latest())?.payload).toMatchObject({ name: { kind: "forgotten" } });
  });
});

describe("what is published", () => {
  it("may not have the member $protected", async () => {
    const events = defineEvents({
      loose: event({ schema: z.looseObject({ id: z.string() }) }),
      tight: event({ schema: z.looseObject({ id: z.string() }), protect: { subject: ({ id }) => id, fields: ["id"] } }),
    });
    const { store, keyStore, stored } = await openUsers();
    const stream = store.category("users", { events: events.withKeys(keyStore) }).stream("s");
    for (const name of ["loose", "tight"] as const) {
      const publish = stream.publish({ events: [{ name, payload: { id: "x", $protected: {} } }] });
      await expect(publish).rejects.toMatchObject({ code: "INVALID_EVENT", path: "events[0].payload.$protected" });
    }
    expect(await stored("s")).toEqual([]);
  });

  it("must name a subject", async () => {
    const { users, stored } = await openUsers();
    for (const userId of ["", "\n", "x".repeat(201), "\ud800"]) {
      const publish = users.stream("s").publish({ events: [registered("u-1"), registered(userId)] });
      await expect(publish, JSON.stringify(userId)).rejects.toMatchObject({
        code: "INVALID_EVENT",
        path: "events[1].payload",
      });
    }
    const throwing = defineEvents({
      noted: event({
        schema: z.object({ text: z.string() }),
        protect: {
          subject: () => {
            throw new Error("no idea");
          },
          fields: ["text"],
        },
      }),
    });
    const { store, keyStore } = await openUsers();
    const stream = store.category("notes", { events: throwing.withKeys(keyStore) }).stream("s");
    const publish = stream.publish({ events: [{ name: "noted", payload: { text: "secret" } }] });
    await expect(publish).rejects.toMatchObject({
      code: "INVALID_EVENT",
      reason: /^its `protect.subject` threw; why is/,
    });
    expect(await stored("s")).toEqual([]);
  });

  it("has room for the tag of its subject", async () => {
    const { users, stored } = await openUsers();
    const tags = Array.from({ length: 100 }, (_, n) => `t:${n}`);
    await expect(users.stream("s").publish({ events: [{ ...registered("u-1"), tags }] })).rejects.toMatchObject({
      ...{ code: "INVALID_EVENT", path: "events[0].tags" },
      reason: expect.stringContaining('it has 100, and its definition adds "subject:u-1"'),
    });
    await users.stream("s").publish({ events: [{ ...registered("u-1"), tags: [...tags.slice(1), "subject:u-1"] }] });
    expect((await stored("s"))[0]?.tags).toHaveLength(100);
  });

  it("is never stored as it is where a path does not lead to a field", async () => {
    const { store, keyStore } = await openUsers();
    const cases: readonly (readonly [fields: [string], payload: JsonObject, at: string])[] = [
      [["a.b"], { id: "x", a: [{ b: "secret" }] }, "events[0].payload.a"],
      [["a.b"], { id: "x", a: "secret" }, "events[0].payload.a"],
      [["a.b"], { id: "x", "a.b": "secret" }, 'events[0].payload["a.b"]'],
      [["a.b.c"], { id: "x", a: { "b.c": "secret" } }, 'events[0].payload.a["b.c"]'],
      [["a.b.c"], { id: "x", "a.b": { c: "secret" } }, 'events[0].payload["a.b"]'],
    ];
    for (const [fields, payload, at] of cases) {
      const definition = { schema: z.looseObject({ id: z.string() }), protect: { subject: () => "x", fields } };
      const events = defineEvents({ noted: event(definition) });
      const stream = store.category("notes", { events: events.withKeys(keyStore) }).stream("s");
      const publish = stream.publish({ events: [{ name: "noted", payload: payload as { id: string } }] });
      await expect(publish, at).rejects.toMatchObject({ code: "INVALID_EVENT", path: at });
      expect(await stream.raw().read()).toEqual([]);
    }
  });

  it("may have fields named like members of a prototype", async () => {
    const { store, keyStore } = await openUsers();
    const fields = ["__proto__", "constructor.prototype", "toString"] as const;
    const any = z.custom<{ id: string }>();
    const unchecked = defineEvents({
      noted: event({ schema: any, protect: { subject: () => "x", fields: [...fields] as never } }),
    });
    const payload = JSON.parse(
      '{"id":"x","constructor":{"prototype":"secret"},"__proto__":{"secret":1},"toString":"secret"}',
    );
    const stream = store.category("notes", { events: unchecked.withKeys(keyStore) }).stream("s");
    await stream.publish({ events: [{ name: "noted", payload }] });
    expect(JSON.stringify(await stream.raw().read())).not.toContain("secret");
    const [read] = await stream.read();
    expect(JSON.stringify(read?.payload)).toBe(JSON.stringify(payload));
    expect(Object.getPrototypeOf(read?.payload)).toBe(Object.prototype);
    await keyStore.forget("x");
    expect(JSON.parse(JSON.stringify((await stream.read())[0]?.payload))).toEqual(
      JSON.parse(
        '{"id":"x","__proto__":{"kind":"forgotten"},"constructor":{"prototype":{"kind":"forgotten"}},"toString":{"kind":"forgotten"}}',
      ),
    );
  });

  it("is refused by definitions without keys, and nothing is stored", async () => {
    const { store } = await openUsers();
    const untyped = userEvents as unknown as ReturnType<typeof userEvents.withKeys>;
    const stream = store.category("users", { events: untyped }).stream("u-1");
    await expect(stream.publish({ events: [registered("u-1")] })).rejects.toThrow(TypeError);
    expect(await stream.raw().read()).toEqual([]);
    await stream.publish({ events: [{ name: "plan-changed", payload: { userId: "u-1", plan: "pro" } }] });
  });

  it("cannot be read by definitions without keys", async () => {
    const { store, users } = await openUsers();
    await users.stream("u-1").publish({ events: [registered("u-1")] });
    const events = defineEvents({ "user-registered": event({ schema: z.looseObject({}) }) });
    const reading = store.category("users", { events }).read();
    await expect(reading).rejects.toMatchObject({
      code: "UNREADABLE_EVENT",
      message: expect.stringContaining("withKeys"),
    });
  });
});

describe("event({ protect })", () => {
  it("refuses what protects nothing, or something twice", () => {
    const schema = z.object({ id: z.string() });
    const subject = () => "x";
    const bad: readonly unknown[] = [
      {},
      { subject },
      { subject, fields: [] },
      { subject, fields: "id" },
      { subject, fields: [""] },
      { subject, fields: ["a."] },
      { subject, fields: [".a"] },
      { subject, fields: ["a..b"] },
      { subject, fields: [1] },
      { subject, fields: ["id", "id"] },
      { subject, fields: ["a", "a.b"] },
      { subject, fields: ["a.b.c", "a.b"] },
      { subject, fields: ["$protected"] },
      { subject, fields: ["$protected.data"] },
      { subject: "id", fields: ["id"] },
      null,
    ];
    for (const protect of bad)
      expect(() => event({ schema, protect: protect as never }), JSON.stringify(protect)).toThrow(TypeError);
    event({ schema, protect: { subject, fields: ["a", "ab", "a2.b"] as never } });
  });
});

describe("a key store that is down", () => {
  /** A key store whose calls fail while it is down. */
  async function openOutage(error: () => Error) {
    let isDown = false;
    const failing =
      <TArguments extends readonly unknown[], T>(call: (...given: TArguments) => Promise<T>) =>
      async (...given: TArguments): Promise<T> => {
        if (isDown) throw error();
        return call(...given);
      };
    const adapt = (adapter: KeyStorageAdapter): KeyStorageAdapter => {
      const { storage } = adapter;
      return changedKeyAdapter(adapter, {
        current: failing((subjects) => storage.current(subjects)),
        add: failing((additions) => storage.add(additions)),
        find: failing((references) => storage.find(references)),
        forget: failing((tombstones) => storage.forget(tombstones)),
      });
    };
    const opened = await openUsers(adapt);
    const setDown = (isIt: boolean) => {
      isDown = isIt;
    };
    return { ...opened, setDown };
  }

  const down = { code: "KEY_STORE_UNAVAILABLE", isRetryable: true };

  it.each([
    ["an error of the library", () => new StorageUnavailableError("The database is down.")],
    ["an error of a driver", () => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })],
    ["an error of fetch", () => new TypeError("fetch failed")],
  ])("makes publishing and reading retryable, after %s, and nothing is forgotten or stored", async (_, error) => {
    const { users, stored, keyStore, setDown } = await openOutage(error);
    const stream = users.stream("u-1");
    await stream.publish({ events: [registered("u-1")] });
    setDown(true);
    await expect(stream.publish({ events: [registered("u-1"), registered("u-2")] })).rejects.toMatchObject(down);
    await expect(stream.read()).rejects.toMatchObject({ ...down, cause: expect.any(Error) });
    await expect(users.latest()).rejects.toMatchObject(down);
    await expect(keyStore.forget("u-1")).rejects.toMatchObject(down);
    await expect(keyStore.rotate("u-1")).rejects.toMatchObject(down);
    setDown(false);
    expect((await stored("u-1")).length).toBe(1);
    expect((await stream.read())[0]?.payload).toMatchObject({ name: "Ada Lovelace" });
  });

  it("makes a follower wait until it is back", async () => {
    const { users, setDown } = await openOutage(() => new StorageUnavailableError("The database is down."));
    await users.stream("u-1").publish({ events: [registered("u-1")] });
    setDown(true);
    const next = users.follow()[Symbol.asyncIterator]().next();
    await new Promise(setImmediate);
    setDown(false);
    expect((await next).value?.payload).toMatchObject({ name: "Ada Lovelace" });
  });

  it("passes errors on that no repetition helps against", async () => {
    const adapter = await MemoryKeyStorageAdapter.open();
    const store = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
    const keyStore = new KeyStore({ adapter, cacheMs: 0 });
    const stream = store.category("users", { events: userEvents.withKeys(keyStore) }).stream("u-1");
    await stream.publish({ events: [registered("u-1")] });
    await adapter.close();
    const closed = { code: "ADAPTER_CLOSED", isRetryable: false };
    await expect(stream.publish({ events: [registered("u-1")] })).rejects.toMatchObject(closed);
    await expect(stream.read()).rejects.toMatchObject(closed);
  });
});
