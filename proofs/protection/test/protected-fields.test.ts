import { MemoryEventStorageAdapter, MemoryKeyStorageAdapter } from "@eventfold/adapter-memory";
import { defineEvents, event, isForgotten, KeyStore, type Protected } from "@eventfold/events";
import { EventStore, newEventId } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { oldUserEvents, userEvents } from "../src/user-events.ts";

const ada = { userId: "u-1", name: "Ada Lovelace", address: { street: "12 St James's Square", city: "London" } };

/** A store and a key store in memory, with the category of users. */
async function openUsers() {
  const keyAdapter = await MemoryKeyStorageAdapter.open();
  const keyStore = new KeyStore({ adapter: keyAdapter });
  const adapter = await MemoryEventStorageAdapter.open();
  const store = new EventStore({ adapter });
  const users = store.category("users", { events: userEvents.withKeys(keyStore) });
  return { adapter, keyAdapter, keyStore, store, users, stream: users.stream("u-1") };
}

describe("publishing an event with protected fields", () => {
  it("stores one ciphertext in the place of the fields, and gives the publisher what it gave", async () => {
    const { stream } = await openUsers();
    const [published] = await stream.publish({ events: [{ name: "user-registered", payload: ada }] });
    expect(published?.payload).toEqual({ ...ada, plan: "free" });
    const [stored] = await stream.raw().read();
    expect(stored?.payload).toEqual({
      userId: "u-1",
      address: { city: "London" },
      plan: "free",
      $protected: {
        subject: "u-1",
        key: expect.stringMatching(/^[0-9a-f-]{36}$/),
        fields: ["name", "address.street"],
        data: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
      },
    });
    expect(JSON.stringify(stored)).not.toMatch(/Ada|Lovelace|James/);
    expect(stored?.tags).toEqual(["subject:u-1"]);
  });

  it("reads what was published, in every way of reading", async () => {
    const { stream, users } = await openUsers();
    const bornOn = new Date("1815-12-10");
    const payload = { ...ada, bornOn, phones: ["1", "2"] };
    await stream.publish({ events: [{ name: "user-registered", payload }] });
    const expected = { ...payload, plan: "free" };
    expect((await stream.read())[0]?.payload).toEqual(expected);
    expect((await users.latest())?.payload).toEqual(expected);
    for await (const each of users.scan({ direction: "backwards" })) expect(each.payload).toEqual(expected);
    for await (const each of stream.follow()) {
      expect(each.payload).toEqual(expected);
      break;
    }
  });

  it("uses a new vector for each event, even for equal payloads", async () => {
    const { stream } = await openUsers();
    await stream.publish({
      events: Array.from({ length: 50 }, () => ({ name: "user-registered", payload: ada }) as const),
    });
    const vectors = (await stream.raw().read()).map(({ payload }) => protectedPart(payload).data.slice(0, 16));
    expect(new Set(vectors).size).toBe(50);
  });

  it("leaves events without protected fields as they are, and without a tag", async () => {
    const { stream } = await openUsers();
    await stream.publish({ events: [{ name: "plan-changed", payload: { userId: "u-1", plan: "pro" } }] });
    const [stored] = await stream.raw().read();
    expect([stored?.payload, stored?.tags]).toEqual([{ userId: "u-1", plan: "pro" }, []]);
  });

  it("keeps the caller's tags before the subject's", async () => {
    const { stream } = await openUsers();
    const tags = ["course:c1", "subject:u-1"];
    await stream.publish({ events: [{ name: "user-registered", payload: ada, tags }] });
    expect((await stream.raw().read())[0]?.tags).toEqual(tags);
    const many = Array.from({ length: 100 }, (_, n) => `tag-${n}`);
    const tooMany = stream.publish({ events: [{ name: "user-registered", payload: ada, tags: many }] });
    await expect(tooMany).rejects.toMatchObject({ code: "INVALID_EVENT", path: "events[0].tags" });
  });

  it("protects null, and leaves out what is missing", async () => {
    const events = defineEvents({
      noted: event({
        schema: z.object({
          id: z.string(),
          a: z.string().nullable(),
          b: z.object({ c: z.string().optional() }).nullable(),
        }),
        protect: { subject: ({ id }) => id, fields: ["a", "b.c"] },
      }),
    });
    const { store, keyStore } = await openUsers();
    const stream = store.category("notes", { events: events.withKeys(keyStore) }).stream("n");
    const payloads = [
      { id: "x", a: null, b: null },
      { id: "x", a: "1", b: {} },
      { id: "x", a: "1", b: { c: "2" } },
    ];
    await stream.publish({ events: payloads.map((payload) => ({ name: "noted", payload }) as const) });
    expect((await stream.read()).map(({ payload }) => payload)).toEqual(payloads);
    expect((await stream.raw().read()).map(({ payload }) => protectedPart(payload).fields)).toEqual([
      ["a"],
      ["a"],
      ["a", "b.c"],
    ]);
  });

  it("recognises a repeat, and keeps what is stored", async () => {
    const { stream } = await openUsers();
    const event = { id: newEventId(), name: "user-registered", payload: ada } as const;
    await stream.publish({ events: [event] });
    const [before] = await stream.raw().read();
    const repeat = await stream.publish({ events: [{ ...event, payload: { ...ada, name: "Someone else" } }] });
    expect(repeat.isRepeat).toBe(true);
    expect(repeat[0]?.payload).toEqual({ ...ada, plan: "free" });
    expect(await stream.raw().read()).toEqual([before]);
  });
});

/** What is stored of protected fields. */
function protectedPart(payload: unknown) {
  return (payload as { $protected: { subject: string; key: string; fields: string[]; data: string } }).$protected;
}

describe("a subject that was forgotten", () => {
  it("is read as Forgotten in every protected field that was there, at once, and everything else stays", async () => {
    const { stream, keyStore } = await openUsers();
    await stream.publish({ events: [{ name: "user-registered", payload: { ...ada, bornOn: new Date(0) } }] });
    await stream.read(); // the key is in memory
    await keyStore.forget("u-1");
    const [read] = await stream.read();
    const forgotten = { kind: "forgotten" };
    expect(read?.payload).toEqual({
      userId: "u-1",
      name: forgotten,
      address: { city: "London", street: forgotten },
      bornOn: forgotten,
      plan: "free",
    });
    expect(isForgotten(read?.name === "user-registered" && read.payload.name)).toBe(true);
  });

  it("can no longer be published about, and gets no key again", async () => {
    const { stream, keyStore, keyAdapter } = await openUsers();
    const event = { id: newEventId(), name: "user-registered", payload: ada } as const;
    await stream.publish({ events: [event] });
    await keyStore.forget("u-1");
    for (const each of [event, { name: "user-registered", payload: ada } as const]) {
      const publish = stream.publish({ events: [each] });
      await expect(publish).rejects.toMatchObject({ code: "FORGOTTEN_SUBJECT", subjects: ["u-1"], isRetryable: false });
    }
    await stream.publish({ events: [{ name: "plan-changed", payload: { userId: "u-1", plan: "none" } }] });
    expect(await keyAdapter.storage.listKeys({ after: undefined, limit: 10 })).toEqual([]);
    expect((await stream.read()).length).toBe(2);
  });

  it("is not there for others", async () => {
    const { users, keyStore } = await openUsers();
    for (const userId of ["u-1", "u-2"]) {
      await users.stream(userId).publish({ events: [{ name: "user-registered", payload: { ...ada, userId } }] });
    }
    await keyStore.forget("u-1");
    const names = (await users.read()).map((each) => each.name === "user-registered" && each.payload.name);
    expect(names).toEqual([{ kind: "forgotten" }, "Ada Lovelace"]);
  });

  it("is forgotten with all keys that it ever had", async () => {
    const { stream, keyStore } = await openUsers();
    const publish = () => stream.publish({ events: [{ name: "user-registered", payload: ada }] });
    await publish();
    await keyStore.rotate("u-1");
    await publish();
    const keys = (await stream.raw().read()).map(({ payload }) => protectedPart(payload).key);
    expect(new Set(keys).size).toBe(2);
    expect((await stream.read()).every(({ payload }) => "name" in payload && payload.name === ada.name)).toBe(true);
    await keyStore.forget("u-1");
    expect((await stream.read()).every(({ payload }) => "name" in payload && isForgotten(payload.name))).toBe(true);
  });
});

describe("older versions", () => {
  async function openOld() {
    const opened = await openUsers();
    const old = opened.store.category("users", { events: oldUserEvents.withKeys(opened.keyStore) });
    await old
      .stream("u-1")
      .publish({ events: [{ name: "user-renamed", payload: { userId: "u-1", fullName: "Ada King" } }] });
    return opened;
  }

  it("are revealed before they are upcast, whatever fields are protected today", async () => {
    const { stream } = await openOld();
    expect((await stream.read())[0]?.payload).toEqual({ userId: "u-1", firstName: "Ada", lastName: "King" });
  });

  it("hand Forgotten to upcasters", async () => {
    const { stream, keyStore } = await openOld();
    await keyStore.forget("u-1");
    const forgotten = { kind: "forgotten" };
    expect((await stream.read())[0]?.payload).toEqual({ userId: "u-1", firstName: forgotten, lastName: forgotten });
  });

  it("say so when an upcaster does not expect that", async () => {
    const { store, keyStore } = await openOld();
    const careless = defineEvents({
      "user-renamed": event({ schema: z.object({ first: z.string() }) })
        .from<{ fullName: string }>()
        .upcast(({ fullName }) => ({ first: fullName.split(" ")[0] ?? "" })),
    }).withKeys(keyStore);
    const stream = store.category("users", { events: careless }).stream("u-1");
    expect((await stream.read())[0]?.payload).toEqual({ first: "Ada" });
    await keyStore.forget("u-1");
    await expect(stream.read()).rejects.toMatchObject({
      code: "UPCASTING_FAILED",
      message: expect.stringContaining("expect Forgotten"),
    });
  });

  it("are revealed under old names too", async () => {
    const { store, keyStore } = await openOld();
    const today = defineEvents({ renamed: event({ schema: z.object({ name: z.string() }) }) })
      .reading<{ "user-renamed": { fullName: Protected<string> } }>({
        "user-renamed": ({ payload: { fullName } }) => [
          { name: "renamed", payload: { name: isForgotten(fullName) ? "someone" : fullName } },
        ],
      })
      .withKeys(keyStore);
    const stream = store.category("users", { events: today }).stream("u-1");
    expect((await stream.read())[0]?.payload).toEqual({ name: "Ada King" });
    await keyStore.forget("u-1");
    expect((await stream.read())[0]?.payload).toEqual({ name: "someone" });
  });
});
