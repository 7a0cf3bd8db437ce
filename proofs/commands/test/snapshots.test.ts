import { defineDecider } from "@eventfold/commands";
import type { SnapshotStore } from "@eventfold/projections";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountEvents, account } from "../src/account.ts";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

describe.each(DATABASES)("snapshots of a decider on $name", ({ open }) => {
  let database: OpenedDatabase;
  let named = 0;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  const freshStream = () => database.store.category<AccountEvents>("accounts").stream(`acc-${named++}`);
  const snapshots = () => ({ store: database.projectionStore, every: 5 });
  const deposit = (...amounts: readonly number[]) => ({ type: "deposit", amounts }) as const;
  const loaded = (stream: ReturnType<typeof freshStream>) =>
    database.projectionStore.of(account.projector).load({ id: stream.identifier.stream });

  /** Counts the events that are read of a stream. */
  function counted(stream: ReturnType<typeof freshStream>) {
    const reads = { events: 0 };
    const counting = Object.create(stream, {
      identifier: { value: stream.identifier },
      publish: { value: stream.publish.bind(stream) },
      raw: { value: stream.raw.bind(stream) },
      positionOf: { value: stream.positionOf.bind(stream) },
      scan: {
        async *value(...options: Parameters<typeof stream.scan>) {
          for await (const event of stream.scan(...options)) {
            reads.events++;
            yield event;
          }
        },
      },
      pages: {
        async *value(...options: Parameters<typeof stream.pages>) {
          for await (const page of stream.pages(...options)) {
            reads.events += page.length;
            yield page;
          }
        },
      },
    }) as typeof stream;
    return { reads, counting };
  }

  it("are saved once enough was read, and begin the next load", async () => {
    const stream = freshStream();
    await account.execute(stream, deposit(1, 1, 1, 1), { snapshots: snapshots() });
    await account.execute(stream, deposit(1), { snapshots: snapshots() });
    expect(await loaded(stream)).toBeUndefined();
    await account.execute(stream, deposit(1), { snapshots: snapshots() });
    expect(await loaded(stream)).toMatchObject({ state: { balance: 5 }, lastPosition: 4, projectorVersion: 1 });
    const { reads, counting } = counted(stream);
    const executed = await account.execute(counting, deposit(1), { snapshots: snapshots() });
    expect(executed).toMatchObject({ state: { balance: 7 }, events: [{ position: 6 }] });
    expect(reads.events).toBe(2); // the last of the snapshot, to see that it is there, and one more
  });

  it("of another version are left alone", async () => {
    const stream = freshStream();
    await account.execute(stream, deposit(1, 2, 3, 4, 5, 6));
    await account.execute(stream, deposit(), { snapshots: snapshots() });
    const inCents = defineDecider({
      name: "account",
      version: 2,
      events: account.events,
      initialState: () => ({ cents: 0 }),
      evolve: {
        "account-opened": (state) => state,
        "money-deposited": ({ cents }, { payload }) => ({ cents: cents + payload.amount * 100 }),
        "money-withdrawn": ({ cents }, { payload }) => ({ cents: cents - payload.amount * 100 }),
      },
      decide: { look: () => [] },
    });
    const { state } = await inCents.execute(stream, { type: "look" }, { snapshots: snapshots() });
    expect(state).toStrictEqual({ cents: 2_100 });
    expect((await account.execute(stream, deposit(), { snapshots: snapshots() })).state.balance).toBe(21);
  });

  it("do not hide a command that was carried out before them", async () => {
    const stream = freshStream();
    const options = { commandId: "c", snapshots: snapshots() };
    const first = await account.execute(stream, deposit(7, 8), options);
    await account.execute(stream, deposit(1, 1, 1, 1, 1, 1), { snapshots: snapshots() });
    await account.execute(stream, deposit(1), { snapshots: snapshots() });
    const { reads, counting } = counted(stream);
    const repeat = await account.execute(counting, deposit(9), options);
    expect(repeat).toStrictEqual({ state: { isOpen: false, balance: 22 }, events: first.events, isRepeat: true });
    expect(reads.events).toBe(2 + 3); // the tail, then the command's own events and the one behind them
  });

  it("do not keep what a rival has done with the command's id out of the state", async () => {
    const stream = freshStream();
    const options = { commandId: "c", snapshots: snapshots() };
    await account.execute(stream, deposit(1, 1, 1, 1, 1), { snapshots: snapshots() });
    await account.execute(stream, deposit(), { snapshots: snapshots() });
    expect(await loaded(stream)).toBeDefined();
    const overtaken = Object.create(counted(stream).counting, {
      positionOf: {
        async value(id: string) {
          await account.execute(stream, deposit(7, 8), { commandId: "c" });
          return stream.positionOf(id);
        },
      },
    }) as typeof stream;
    const repeat = await account.execute(overtaken, deposit(9), options);
    expect(repeat).toMatchObject({
      isRepeat: true,
      state: { balance: 20 },
      events: [{ position: 5 }, { position: 6 }],
    });
  });

  it("that are ahead of the log are refused, for the log has lost what was decided", async () => {
    const stream = freshStream();
    await account.execute(stream, deposit(1, 2, 3, 4, 5));
    const snapshot = await account.projector.project(stream);
    const { category, stream: name } = freshStream().identifier;
    const restored = database.store.category<AccountEvents>(category).stream(name);
    await database.projectionStore.save(
      { ...snapshot, id: name, source: restored.identifier },
      { unchangedSince: undefined },
    );
    const { counting, reads } = counted(restored);
    await expect(account.execute(counting, deposit(1), { snapshots: snapshots() })).rejects.toMatchObject({
      ...{ code: "PROJECTION_AHEAD_OF_LOG", id: name },
    });
    expect(reads.events).toBe(0);
    expect(await restored.read()).toStrictEqual([]);
    expect(await account.execute(restored, deposit(1))).toMatchObject({ state: { balance: 1 } });
  });

  it("that a rival has saved meanwhile are as good", async () => {
    const stream = freshStream();
    await account.execute(stream, deposit(1, 2, 3, 4, 5));
    const results = await Promise.all(
      Array.from({ length: 8 }, () => account.execute(stream, deposit(), { snapshots: snapshots() })),
    );
    for (const { state } of results) expect(state.balance).toBe(15);
  });

  it("that cannot be loaded reject the command, and nothing is stored", async () => {
    const stream = freshStream();
    const broken: SnapshotStore = {
      load: () => Promise.reject(new Error("no")),
      locate: () => Promise.reject(new Error("no")),
      save: () => Promise.reject(new Error("no")),
    };
    await expect(account.execute(stream, deposit(1), { snapshots: { store: broken } })).rejects.toThrow("no");
    expect(await stream.read()).toStrictEqual([]);
    await expect(
      account.execute(stream, deposit(1), { snapshots: { store: database.projectionStore, every: 0 } }),
    ).rejects.toThrow(RangeError);
  });
});
