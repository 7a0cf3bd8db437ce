import {
  consumeAll,
  EventBroker,
  exponentialBackoff,
  ProcessingControl,
  projectionSubscription,
  retry,
  type Subscription,
  subscription,
} from "@eventfold/processing";
import { defineProjector, inlineProjection, ProjectionStore } from "@eventfold/projections";
import { EventStore, nameIn, type StoredEvent } from "@eventfold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountEvents, HISTORY } from "../src/account-events.ts";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

const once = retry({ times: 1, backoff: exponentialBackoff({ firstMs: 1, longestMs: 1 }) });

const account = defineProjector({
  name: "account",
  events: accountEvents,
  initialState: () => ({ owner: "", balance: 0, events: 0 }),
  handlers: {
    "account-opened": (state, { payload }) => ({ ...state, owner: payload.owner, events: state.events + 1 }),
    "money-deposited": (state, { payload }) => ({
      ...state,
      balance: state.balance + payload.amount,
      events: state.events + 1,
    }),
  },
});

/** How often each name was read, over a category: the parts of one event have different keys. */
const perName = defineProjector({
  name: "per-name",
  events: accountEvents,
  source: "category",
  key: ({ name }) => name,
  initialState: () => ({ count: 0 }),
  handlers: {
    "account-opened": ({ count }) => ({ count: count + 1 }),
    "money-deposited": ({ count }) => ({ count: count + 1 }),
  },
});

const ACCOUNT = { owner: "Ada", balance: 19.5, events: 5 };

describe.each(DATABASES)("what works on defined events on $name", ({ open }) => {
  let database: OpenedDatabase;
  let store: EventStore;
  let projectionStore: ProjectionStore;
  let names = 0;

  beforeAll(async () => {
    database = await open();
    store = new EventStore({ adapter: database.adapter });
    projectionStore = new ProjectionStore({ adapter: database.projections });
  });
  afterAll(() => database.close());

  async function withHistory() {
    const name = `accounts-${++names}`;
    const category = store.category(name, { events: accountEvents });
    const stored = await category.stream("acc-1").raw().publish({ events: HISTORY });
    return { name, category, stored };
  }

  const label = ({ name, part }: StoredEvent) => (part === undefined ? name : `${name} (${part})`);

  const READ = ["account-opened (0)", "money-deposited (1)", "money-deposited", "money-deposited", "money-deposited"];

  const numberAt = async (name: string) => {
    const { subscriptions } = await database.processing.storage.status({ names: [name] });
    return subscriptions[0]?.status[0]?.checkpoint.sequenceNumber;
  };

  const kinds: readonly (readonly [string, (seen: StoredEvent[]) => object])[] = [
    ["handleEvent", (seen) => ({ handleEvent: (event: StoredEvent) => void seen.push(event) })],
    ["handleBatch", (seen) => ({ batchSize: 1, handleBatch: (events: StoredEvent[]) => void seen.push(...events) })],
    [
      "process",
      (seen) => ({
        process: async (
          events: AsyncIterable<StoredEvent>,
          { acknowledge }: { acknowledge: (event: StoredEvent) => void },
        ) => {
          for await (const event of events) {
            seen.push(event);
            acknowledge(event);
          }
        },
      }),
    ],
  ];

  it.each(kinds)("gives every part to a subscription with %s, in order", async (kind, handler) => {
    const { name, category, stored } = await withHistory();
    const seen: StoredEvent[] = [];
    const deposits: StoredEvent[] = [];
    const all = subscription({ name: `${kind}-${name}`, source: category, ...handler(seen) } as never);
    const some = subscription({
      name: `${kind}-deposits-${name}`,
      source: category,
      constraints: [nameIn("money-deposited")],
      ...handler(deposits),
    } as never);
    await consumeAll(all, { storage: database.processing });
    await consumeAll(some, { storage: database.processing });
    expect(seen.map(label)).toEqual(READ);
    expect(deposits.map(label)).toEqual(READ.slice(1));
    expect(await numberAt(`${kind}-${name}`)).toBeGreaterThanOrEqual(stored[4]?.sequenceNumber as number);
  });

  it("handles the parts of one event together: both again, with the same ids, when the second fails", async () => {
    const { name, category } = await withHistory();
    const calls: string[] = [];
    const ids = new Map<string, Set<string>>();
    const flaky = subscription({
      name: `flaky-${name}`,
      source: category,
      onFailure: once.then("pause"),
      checkpoint: { everyEvents: 1 },
      handleEvent: async (event, { attempt, eventId }) => {
        calls.push(label(event as StoredEvent));
        const of = ids.get(label(event as StoredEvent)) ?? new Set();
        ids.set(label(event as StoredEvent), of.add(eventId(0)));
        expect(await numberAt(`flaky-${name}`)).not.toBe(event.part === undefined ? -1 : event.sequenceNumber);
        if (event.part === 1 && attempt === 1) throw new Error("not now");
      },
    });
    await consumeAll(flaky, { storage: database.processing });
    expect(calls).toEqual([...READ.slice(0, 2), ...READ]);
    const [opened, deposited] = [ids.get("account-opened (0)"), ids.get("money-deposited (1)")];
    expect([opened?.size, deposited?.size]).toEqual([1, 1]);
    expect(opened).not.toEqual(deposited);
  });

  it("commits what is done for all parts with one checkpoint, and publishes typed entries", async () => {
    const { name, category } = await withHistory();
    const copies = store.category(`copies-${name}`, { events: accountEvents });
    const copy = subscription({
      name: `copy-${name}`,
      source: category,
      transactions: database.adapter,
      onFailure: once.then("pause"),
      handleEvent: async (event, { attempt, transaction, publish }) => {
        await transaction();
        const target = copies.stream("acc-1");
        if (event.name === "account-opened") {
          publish(store, [target.entry({ events: [{ name: event.name, payload: event.payload }] })]);
        } else {
          publish(store, [target.entry({ events: [{ name: event.name, payload: event.payload }] })]);
        }
        if (event.part === 1 && attempt === 1) throw new Error("not now");
      },
    });
    await consumeAll(copy, { storage: database.processing });
    const copied = await copies.read();
    expect(copied.map((event) => event.name)).toEqual(READ.map((each) => each.replace(/ \(.*/, "")));
    const [first] = copied;
    expect(first?.name === "account-opened" && first.payload.openedAt).toBeInstanceOf(Date);
  });

  it("parks an event that cannot be read, and handles it once the definitions can", async () => {
    const { name, category } = await withHistory();
    const [stored] = await category
      .stream("acc-1")
      .raw()
      .publish({
        events: [{ name: "money-deposited", payload: { amount: 1, currency: "EUR", by: "card" }, version: 4 }],
      });
    await category.stream("acc-1").publish({ events: [{ name: "money-deposited", payload: { amount: 2 } }] });
    const seen: StoredEvent[] = [];
    const parking = (source: typeof category): Subscription =>
      subscription({
        name: `parking-${name}`,
        source,
        onFailure: retry({ times: 0 }).then("park"),
        handleEvent: (event) => void seen.push(event as StoredEvent),
      });
    await consumeAll(parking(category), { storage: database.processing });
    expect(seen.map(label)).toEqual([...READ, "money-deposited"]);
    const control = new ProcessingControl({ storage: database.processing });
    const parked: unknown[] = [];
    for await (const each of control.parked(`parking-${name}`)) parked.push(each);
    expect(parked).toMatchObject([
      { sequenceNumber: stored?.sequenceNumber, error: expect.stringContaining("UnknownEventVersionError") },
    ]);
    await control.replay(`parking-${name}`);
    await consumeAll(parking(category.raw() as never), { storage: database.processing });
    expect(seen.at(-1)).toMatchObject({ sequenceNumber: stored?.sequenceNumber, version: 4 });
  });

  it("pauses before an event whose parts belong apart, and goes on with one partition", async () => {
    const { name, category } = await withHistory();
    const seen: StoredEvent[] = [];
    const apart = (subscriptionName: string, partitions: number): Subscription =>
      subscription({
        name: subscriptionName,
        source: category,
        partitions,
        partitionBy: (event) => event.name,
        onFailure: retry({ times: 0 }).then("skip"),
        handleEvent: (event) => void seen.push(event as StoredEvent),
      });
    await consumeAll(apart(`apart-2-${name}`, 2), { storage: database.processing });
    expect(seen.map(label)).toEqual(READ.slice(2));
    seen.length = 0;
    await consumeAll(apart(`apart-1-${name}`, 1), { storage: database.processing });
    expect(seen.map(label)).toEqual(READ);
  });

  it("starts and verifies from what is stored, though nothing is read there", async () => {
    const { name, category, stored } = await withHistory();
    const noise = subscription({ name: `raw-${name}`, source: category.raw(), handleEvent: () => {} });
    await consumeAll(noise, { storage: database.processing });
    // the same checkpoints with definitions: its event, the last that is stored, is read as nothing
    const seen: StoredEvent[] = [];
    const typed = subscription({
      name: `raw-${name}`,
      source: category,
      handleEvent: (event) => void seen.push(event as StoredEvent),
    });
    await category.stream("acc-1").publish({ events: [{ name: "money-deposited", payload: { amount: 2 } }] });
    await consumeAll(typed, { storage: database.processing });
    expect(seen.map(label)).toEqual(["money-deposited"]);
    expect(await numberAt(`raw-${name}`)).toBeGreaterThan(stored.at(-1)?.sequenceNumber as number);
  });

  it("projects a stream: at once, continued, and in the background", async () => {
    const { category } = await withHistory();
    const stream = category.stream("acc-1");
    const first = await account.project(stream);
    expect(first.state).toEqual(ACCOUNT);
    await stream.publish({ events: [{ name: "money-deposited", payload: { amount: 0.5 } }] });
    const second = await account.project(stream, { from: first });
    expect(second.state).toEqual({ owner: "Ada", balance: 20, events: 6 });
    const kept = projectionSubscription({ projector: account, source: category, projectionStore });
    await consumeAll(kept, { storage: database.processing });
    const loaded = await projectionStore.of(account).load({ id: "acc-1" });
    expect(loaded?.state).toEqual(second.state);
  });

  it("continues a projection whose last event its definitions now read as nothing, or as several", async () => {
    const { category, stored } = await withHistory();
    const stream = category.stream("acc-1");
    const whole = await account.project(stream);
    for (const { sequenceNumber, position } of stored) {
      const before = await account.project(stream, { constraints: [] });
      const from = { ...before, lastSequenceNumber: sequenceNumber, lastPosition: position };
      const continued = await account.project(stream, { from });
      const left = (await stream.read()).filter((event) => event.sequenceNumber > sequenceNumber).length;
      expect(continued.state.events).toBe(whole.state.events + left);
    }
    const lost = { ...whole, lastSequenceNumber: 999_999_999 };
    await expect(account.project(stream, { from: lost })).rejects.toMatchObject({ code: "PROJECTION_AHEAD_OF_LOG" });
  });

  it("folds each part into the projections of its key", async () => {
    const { category } = await withHistory();
    const projections = await perName.projectMany(category);
    expect(projections.map(({ id, state }) => [id, state.count])).toEqual([
      ["account-opened", 1],
      ["money-deposited", 4],
    ]);
    const again = await perName.projectMany(category, { from: projections });
    expect(again).toEqual(projections);
    const kept = projectionSubscription({ projector: perName, source: category, projectionStore });
    await consumeAll(kept, { storage: database.processing });
    expect((await projectionStore.of(perName).load({ id: "money-deposited" }))?.state).toEqual({ count: 4 });
  });

  it("keeps inline projections by definitions, whoever publishes", async () => {
    const category = `inline-${++names}`;
    const inline = [
      inlineProjection({ projector: account, store: projectionStore, category }),
      inlineProjection({ projector: perName, store: projectionStore, category }),
    ];
    const inlined = new EventStore({ adapter: database.adapter, inline });
    const accounts = inlined.category(category, { events: accountEvents });
    const id = `acc-${names}`;
    await projectionStore.of(perName).clear();
    await accounts.stream(id).raw().publish({ events: HISTORY });
    await accounts.stream(id).publish({ events: [{ name: "money-deposited", payload: { amount: 0.5 } }] });
    expect((await projectionStore.of(account).load({ id }))?.state).toEqual({ owner: "Ada", balance: 20, events: 6 });
    expect((await projectionStore.of(perName).load({ id: "money-deposited" }))?.state).toEqual({ count: 5 });
    await expect(
      accounts
        .stream(id)
        .raw()
        .publish({ events: [{ name: "unheard-of", payload: {} }] }),
    ).rejects.toMatchObject({ code: "UNKNOWN_EVENT" });
    expect(await accounts.raw().read({ limit: 10 })).toHaveLength(HISTORY.length + 1);
  });

  it("waits, in a broker, for what was published through definitions", async () => {
    const { name, category } = await withHistory();
    const seen: StoredEvent[] = [];
    const live = subscription({
      name: `live-${name}`,
      source: category,
      handleEvent: (event) => void seen.push(event as StoredEvent),
    });
    const broker = new EventBroker({ name: `node-${name}`, storage: database.processing, subscriptions: [live] });
    await broker.start();
    const published = await category
      .stream("acc-2")
      .publish({ events: [{ name: "account-opened", payload: { owner: "Bob", openedAt: new Date(9) } }] });
    await broker.whenHandled(live, published, { timeoutMs: 5_000 });
    await broker.stop();
    expect(seen.at(-1)?.payload).toEqual({ owner: "Bob", openedAt: new Date(9) });
  });
});
