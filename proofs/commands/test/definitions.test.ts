import {
  MemoryEventStorageAdapter,
  MemoryKeyStorageAdapter,
  MemoryProjectionStorageAdapter,
} from "@eventfold/adapter-memory";
import { defineDecider } from "@eventfold/commands";
import { dateCodec, defineEvents, event, KeyStore } from "@eventfold/events";
import { inlineProjection, ProjectionStore } from "@eventfold/projections";
import { EventStore, taggedWith } from "@eventfold/store";
import { specification } from "@eventfold/testing";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

const opened = event({ schema: z.object({ owner: z.string(), at: z.date() }), codecs: { at: dateCodec } });
const deposited = event({ schema: z.object({ amount: z.number().positive(), currency: z.string().default("EUR") }) });
const accountEvents = defineEvents({ "account-opened": opened, "money-deposited": deposited });
/** What was written before: deposits under another name, and notes, which nobody wants any more. */
const today = accountEvents.reading<{ deposited: { euros: number }; noted: object }>({
  deposited: ({ payload }) => [
    { name: "money-deposited", payload: { amount: payload.euros, currency: "EUR" } },
    { name: "money-deposited", payload: { amount: 1, currency: "BONUS" } },
  ],
  noted: () => [],
});

const account = defineDecider({
  name: "account",
  events: today,
  initialState: () => ({ since: "", amounts: [] as readonly number[], currencies: [] as readonly string[] }),
  evolve: {
    "account-opened": (state, { payload }) => ({ ...state, since: payload.at.toISOString() }),
    "money-deposited": (state, { payload }) => ({
      ...state,
      amounts: [...state.amounts, payload.amount],
      currencies: [...state.currencies, payload.currency],
    }),
  },
  decide: {
    open: ({ owner, at }: { owner: string; at: Date }) => ({ name: "account-opened", payload: { owner, at } }),
    deposit: ({ amount }: { amount: number }) => [{ name: "money-deposited", payload: { amount } }],
  },
});

describe("a decider of definitions", () => {
  it("is specified with the payloads that are read, and those that are published", () => {
    specification(account)
      .given([{ name: "account-opened", payload: { owner: "Ada", at: new Date(0) } }])
      .when({ type: "deposit", amount: 5 })
      .then([{ name: "money-deposited", payload: { amount: 5 } }]);
  });
});

describe("the projector of a decider of definitions", () => {
  it("brings along how its events are read, as an inline projection needs it", async () => {
    expect(account.projector.reading).toEqual({ events: today, unknownEvents: "fail" });
    await using adapter = await MemoryEventStorageAdapter.open();
    const projections = await MemoryProjectionStorageAdapter.open({ shareWith: adapter });
    const projectionStore = new ProjectionStore({ adapter: projections });
    const inline = [inlineProjection({ projector: account.projector, store: projectionStore, category: "accounts" })];
    const store = new EventStore({ adapter, inline });
    const old = { name: "deposited", payload: { euros: 3 } };
    await store.stream({ category: "accounts", stream: "acc-1" }).publish({ events: [old] });
    expect(await projectionStore.of(account.projector).load({ id: "acc-1" })).toMatchObject({
      state: { amounts: [3, 1] },
    });
  });
});

describe.each(DATABASES)("a decider of definitions on $name", ({ open }) => {
  let database: OpenedDatabase;
  let named = 0;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  const freshStream = () => database.store.category("accounts", { events: today }).stream(`acc-${named++}`);

  it("evolves and returns events as they are read", async () => {
    const stream = freshStream();
    const at = new Date("2026-01-01T00:00:00.000Z");
    const first = await account.execute(stream, { type: "open", owner: "Ada", at }, { commandId: "c" });
    expect(first.state.since).toBe("2026-01-01T00:00:00.000Z");
    const [event] = first.events;
    expect(event?.payload).toStrictEqual({ owner: "Ada", at });
    expect(await account.execute(stream, { type: "open", owner: "Ada", at }, { commandId: "c" })).toStrictEqual({
      ...first,
      isRepeat: true,
    });
    const { state, events } = await account.execute(stream, { type: "deposit", amount: 5 });
    expect(state).toStrictEqual({ since: "2026-01-01T00:00:00.000Z", amounts: [5], currencies: ["EUR"] });
    if (events[0]?.name === "money-deposited") expectTypeOf(events[0].payload.currency).toEqualTypeOf<string>();
    expect(events[0]?.payload).toStrictEqual({ amount: 5, currency: "EUR" });
  });

  it("refuses what the schema refuses, and stores nothing", async () => {
    const stream = freshStream();
    await expect(account.execute(stream, { type: "deposit", amount: -5 })).rejects.toMatchObject({
      ...{ code: "INVALID_EVENT", path: "events[0].payload.amount" },
    });
    expect(await stream.read()).toStrictEqual([]);
  });

  it("reads old events, several for one, and goes on after one of which nothing is left", async () => {
    const stream = freshStream();
    await stream.raw().publish({
      events: [
        { name: "deposited", payload: { euros: 3 } },
        { name: "noted", payload: {} },
      ],
    });
    const executed = await account.execute(stream, { type: "deposit", amount: 5 }, { commandId: "c" });
    expect(executed).toMatchObject({ state: { amounts: [3, 1, 5] }, isRepeat: false });
    await stream.raw().publish({ events: [{ name: "noted", payload: {} }] });
    await account.execute(stream, { type: "deposit", amount: 6 });
    const repeat = await account.execute(stream, { type: "deposit", amount: 5 }, { commandId: "c" });
    expect(repeat).toMatchObject({ state: { amounts: [3, 1, 5, 6] }, events: executed.events, isRepeat: true });
    expect((await stream.raw().read()).map(({ name }) => name)).toStrictEqual([
      ...["deposited", "noted", "money-deposited", "noted", "money-deposited"],
    ]);
  });

  it("decides on a boundary of events with protected fields, which are read by definitions that have keys", async () => {
    const userEvents = defineEvents({
      "user-registered": event({
        schema: z.object({ user: z.string(), email: z.string() }),
        protect: { subject: ({ user }) => user, fields: ["email"] },
      }),
    });
    const users = defineDecider({
      events: userEvents,
      initialState: () => ({ emails: [] as readonly unknown[] }),
      evolve: { "user-registered": ({ emails }, { payload }) => ({ emails: [...emails, payload.email] }) },
      decide: {
        register: (payload: { user: string; email: string }) => ({
          name: "user-registered",
          payload: { user: payload.user, email: payload.email },
          tags: ["users"],
        }),
      },
    });
    const { store } = database;
    const events = userEvents.withKeys(new KeyStore({ adapter: await MemoryKeyStorageAdapter.open() }));
    const register = (user: string, given?: { readonly events: typeof events }) => {
      const stream = store.category("users", { events }).stream(user);
      const command = { type: "register", user, email: `${user}@example.com` } as const;
      return users.execute({ store, query: taggedWith("users"), stream, ...given }, command);
    };
    await register("ada", { events });
    await expect(register("ben")).rejects.toMatchObject({ code: "UNREADABLE_EVENT" });
    const { state } = await register("ben", { events });
    expect(state).toEqual({ emails: ["ada@example.com", "ben@example.com"] });
  });
});
