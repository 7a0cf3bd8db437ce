import { defineEvents, event } from "@eventfold/events";
import { EventStore, type InlineHook, inlineHook, newEvent, type StoredEvent, streamIsEmpty } from "@eventfold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { accountEvents } from "../src/account-events.ts";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

const slowEvents = defineEvents({
  named: event({
    schema: z
      .object({ name: z.string() })
      .refine(async ({ name }) => name !== "taken", { path: ["name"], message: "is taken" }),
  }),
});

describe.each(DATABASES)("publishing by definitions on $name", ({ open }) => {
  let database: OpenedDatabase;
  let store: EventStore;
  let streams = 0;

  beforeAll(async () => {
    database = await open();
    store = new EventStore({ adapter: database.adapter });
  });
  afterAll(() => database.close());

  const newStream = () => store.category("accounts", { events: accountEvents }).stream(`acc-${++streams}`);

  it("stores what the schema makes of it, encoded and in today's version, and returns what is read", async () => {
    const stream = newStream();
    const openedAt = new Date("2026-03-01T10:00:00Z");
    const published = await stream.publish({
      events: [
        { name: "account-opened", payload: { owner: "Ada", openedAt } },
        newEvent({ name: "money-deposited", payload: { amount: 5 }, metadata: { by: "card" } }),
      ],
    });
    const read = await stream.read();
    expect([...published]).toEqual(read);
    expect(read.map(({ version, payload }) => [version, payload])).toEqual([
      [1, { owner: "Ada", openedAt }],
      [3, { amount: 5, currency: "EUR" }],
    ]);
    expect((await stream.raw().read()).map(({ version, payload, metadata }) => [version, payload, metadata])).toEqual([
      [1, { owner: "Ada", openedAt: "2026-03-01T10:00:00.000Z" }, null],
      [3, { amount: 5, currency: "EUR" }, { by: "card" }],
    ]);
  });

  const refused: readonly (readonly [string, object, object])[] = [
    ["a wrong payload", { name: "money-deposited", payload: { amount: -1 } }, { path: "events[1].payload.amount" }],
    ["no payload", { name: "money-deposited" }, { path: "events[1].payload" }],
    ["a name that is not defined", { name: "unheard-of", payload: {} }, { path: "events[1].name" }],
    ["no name", { payload: {} }, { path: "events[1].name" }],
    [
      "an old name",
      { name: "deposited", payload: { euros: 1 } },
      { path: "events[1].name", reason: expect.stringContaining("old name") },
    ],
    [
      "a version from the future",
      { name: "money-deposited", payload: { amount: 1 }, version: 4 },
      { path: "events[1].version" },
    ],
    [
      "what is stored of it",
      { name: "account-opened", payload: { owner: "Ada", openedAt: "2026-03-01T10:00:00.000Z" } },
      { path: "events[1].payload.openedAt" },
    ],
    [
      "an invalid date",
      { name: "account-opened", payload: { owner: "Ada", openedAt: new Date(Number.NaN) } },
      { path: "events[1].payload.openedAt" },
    ],
    ["an id that is none", { id: "1", name: "money-deposited", payload: { amount: 1 } }, { path: "events[1].id" }],
    [
      "metadata that JSON cannot hold",
      { name: "money-deposited", payload: { amount: 1 }, metadata: { n: 1n } },
      { path: "events[1].metadata.n" },
    ],
    [
      "a tag that is none",
      { name: "money-deposited", payload: { amount: 1 }, tags: [""] },
      { path: "events[1].tags[0]" },
    ],
  ];
  it.each(refused)("stores nothing when an event has %s", async (_, bad, error) => {
    const stream = newStream();
    const good = { name: "money-deposited", payload: { amount: 1 } } as const;
    const publish = stream.publish({ events: [good, bad as never] });
    await expect(publish).rejects.toMatchObject({ code: "INVALID_EVENT", ...error });
    const entries = [stream.entry({ events: [good] }), newStream().entry({ events: [good, bad as never] })];
    await expect(store.publish(entries)).rejects.toMatchObject({
      code: "INVALID_EVENT",
      path: expect.stringMatching(/^\[1\]\.events\[1\]/),
    });
    expect(await stream.raw().latest()).toBeUndefined();
  });

  it("refuses what is no event, no array and no request, as a source without definitions does", async () => {
    const stream = newStream();
    await expect(stream.publish({ events: [null as never] })).rejects.toMatchObject({
      code: "INVALID_EVENT",
      path: "events[0]",
    });
    await expect(stream.publish({ events: [] })).rejects.toThrow(RangeError);
    await expect(stream.publish({ events: "x" as never })).rejects.toThrow("must be an array");
    await expect(stream.publish(undefined as never)).rejects.toThrow("A publish must be an object, got undefined.");
  });

  it("refuses by a validator that has to wait, and does not read by it", async () => {
    const stream = store.stream({ category: "names", stream: `n-${++streams}` }, { events: slowEvents });
    await expect(stream.publish({ events: [{ name: "named", payload: { name: "taken" } }] })).rejects.toMatchObject({
      code: "INVALID_EVENT",
      path: "events[0].payload.name",
      reason: "is taken",
    });
    await stream.raw().publish({ events: [{ name: "named", payload: { name: "taken" } }] });
    expect((await stream.latest())?.payload).toEqual({ name: "taken" });
  });

  it("publishes what was given at the time of the call, though its validator has to wait", async () => {
    const stream = store.stream({ category: "names", stream: `n-${++streams}` }, { events: slowEvents });
    const event = {
      ...{ name: "named" as const, payload: { name: "a" }, tags: ["before"], metadata: { n: { of: 1 } } },
      ...{ occurredAt: new Date(1_000), observedAt: new Date(2_000) },
    };
    const events = [event];
    const publish = stream.publish({ events });
    events.push({ ...event, payload: { name: "b" } });
    event.tags.push("after");
    event.metadata.n.of = 2;
    event.occurredAt.setTime(3_000);
    event.observedAt.setTime(4_000);
    expect(await publish).toMatchObject([
      {
        ...{ tags: ["before"], metadata: { n: { of: 1 } } },
        ...{ occurredAt: new Date(1_000), observedAt: new Date(2_000) },
      },
    ]);
  });

  it("refuses, after its validator has waited, what could not be copied before", async () => {
    const stream = store.stream({ category: "names", stream: `n-${++streams}` }, { events: slowEvents });
    const named = { name: "named" as const, payload: { name: "a" } };
    for (const [member, value] of [
      ["metadata", { n: 5n }],
      ["tags", "none"],
      ["occurredAt", new Date(Number.NaN)],
    ] as const) {
      const publish = stream.publish({ events: [{ ...named, [member]: value as never }] });
      await expect(publish).rejects.toMatchObject({
        ...{ code: "INVALID_EVENT", path: expect.stringContaining(`events[0].${member}`) },
      });
    }
  });

  it("recognises a repeat, and returns what is stored", async () => {
    const stream = newStream();
    const deposit = newEvent(accountEvents.create("money-deposited", { amount: 5, currency: "USD" }));
    const first = await stream.publish({ events: [deposit], condition: streamIsEmpty() });
    const second = await stream.publish({ events: [deposit], condition: streamIsEmpty() });
    expect([first.isRepeat, second.isRepeat]).toEqual([false, true]);
    expect([...second]).toEqual([...first]);
  });

  it("publishes to streams with and without definitions at once", async () => {
    const [typed, other] = [newStream(), store.category("notes").stream(`note-${++streams}`)];
    const [deposits, notes] = await store.publish([
      typed.entry({ events: [{ name: "money-deposited", payload: { amount: 5 } }] }),
      other.entry({ events: [{ name: "anything", payload: { at: new Date(0) } }] }),
    ]);
    expect(deposits[0]?.payload).toEqual({ amount: 5, currency: "EUR" });
    expect(notes[0]?.payload).toEqual({ at: "1970-01-01T00:00:00.000Z" });
    const [some, more] = await store.category("accounts", { events: accountEvents }).publish({
      streams: [
        { stream: `acc-${++streams}`, events: [{ name: "money-deposited", payload: { amount: 1 } }] },
        {
          stream: `acc-${++streams}`,
          events: [{ name: "account-opened", payload: { owner: "Bob", openedAt: new Date(3) } }],
        },
      ],
    });
    expect([some?.[0]?.payload, more?.[0]?.payload]).toEqual([
      { amount: 1, currency: "EUR" },
      { owner: "Bob", openedAt: new Date(3) },
    ]);
  });

  it("shows inline hooks what is stored, whoever publishes, and what it is read as to those who ask", async () => {
    const seen: StoredEvent[] = [];
    const read: unknown[] = [];
    const audit: InlineHook = inlineHook(database.adapter, {
      needsOrder: "stream",
      async run({ events, store: within }) {
        seen.push(...events);
        read.push(...(await accountEvents.read(events)));
        const { category = "", stream = "" } = events[0] ?? {};
        read.push(await within.stream({ category, stream }, { events: accountEvents }).latest());
      },
    });
    const hooked = new EventStore({ adapter: database.adapter, inline: [audit] });
    const stream = hooked.category("accounts", { events: accountEvents }).stream(`acc-${++streams}`);
    const openedAt = new Date(5);
    const published = await stream.publish({
      events: [{ name: "account-opened", payload: { owner: "Ada", openedAt } }],
    });
    expect(seen.map(({ payload }) => payload)).toEqual([{ owner: "Ada", openedAt: openedAt.toISOString() }]);
    expect(read).toEqual([published[0], published[0]]);
  });

  it("keeps one reader's events from another", async () => {
    const stream = newStream();
    await stream.publish({ events: [{ name: "account-opened", payload: { owner: "Ada", openedAt: new Date(5) } }] });
    const [one] = await stream.read();
    if (one?.name === "account-opened") one.payload.openedAt.setTime(9);
    const [other] = await stream.read();
    expect(other?.payload).toEqual({ owner: "Ada", openedAt: new Date(5) });
  });
});
