import { defineDecider, eventTable } from "@eventfold/commands";
import { eventIdFrom } from "@eventfold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountEvents, account } from "../src/account.ts";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

const ROUNDS = process.env.EVENTFOLD_SOAK ? 100 : 10;
const RIVALS = 16;

/** Decides one to three deposits, whatever the command says: as rivals do that have read different states. */
const uneven = defineDecider({
  events: eventTable<AccountEvents>(),
  initialState: () => 0,
  evolve: { "account-opened": (n) => n, "money-deposited": (n) => n + 1, "money-withdrawn": (n) => n },
  decide: {
    deposit: ({ times }: { times: number }, _state) =>
      Array.from({ length: times }, (_, amount) => ({ name: "money-deposited", payload: { amount } })),
  },
});

describe.each(DATABASES)("execute on $name", ({ open }) => {
  let database: OpenedDatabase;
  let named = 0;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  const freshStream = () => database.store.category<AccountEvents>("accounts").stream(`acc-${named++}`);
  const deposit = (...amounts: readonly number[]) => ({ type: "deposit", amounts }) as const;

  it("returns the state after the command, and the stored events", async () => {
    const stream = freshStream();
    const opened = await account.execute(stream, { type: "open", owner: "Ada" });
    expect(opened).toMatchObject({ state: { isOpen: true, balance: 0 }, isRepeat: false });
    const { state, events, isRepeat } = await account.execute(stream, deposit(5, 7));
    expect({ state, isRepeat }).toStrictEqual({ state: { isOpen: true, balance: 12 }, isRepeat: false });
    expect(events).toStrictEqual((await stream.read()).slice(1));
    expect(events.map(({ position, payload }) => [position, payload])).toStrictEqual([
      [1, { amount: 5 }],
      [2, { amount: 7 }],
    ]);
  });

  it("stores nothing when nothing is decided, or the command is refused", async () => {
    const stream = freshStream();
    await account.execute(stream, { type: "open", owner: "Ada" });
    const again = await account.execute(stream, { type: "open", owner: "Grace" });
    expect(again).toStrictEqual({ state: { isOpen: true, balance: 0 }, events: [], isRepeat: false });
    await expect(account.execute(stream, { type: "withdraw", amount: 1 })).rejects.toMatchObject({ code: "OVERDRAWN" });
    expect(await stream.read()).toHaveLength(1);
  });

  it("decides each of many commands at once on what the others have done", async () => {
    const stream = freshStream();
    await account.execute(stream, deposit(10));
    const withdrawals = Array.from({ length: RIVALS }, () =>
      account.execute(
        stream,
        { type: "withdraw", amount: 1 },
        { retry: { tries: 200, backoff: { firstMs: 1, longestMs: 20 } } },
      ),
    );
    const settled = await Promise.allSettled(withdrawals);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    const balances = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value.state.balance] : []));
    expect(balances.sort((a, b) => b - a)).toStrictEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    for (const each of settled)
      if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "OVERDRAWN" });
    expect((await account.projector.project(stream)).state.balance).toBe(0);
  });

  it("gives up after its tries, with the refusal", async () => {
    const stream = freshStream();
    const rival = defineDecider({
      events: eventTable<AccountEvents>(),
      initialState: () => 0,
      evolve: { "account-opened": (n) => n, "money-deposited": (n) => n, "money-withdrawn": (n) => n },
      decide: { lose: () => ({ name: "money-deposited", payload: { amount: tries++ } }) },
    });
    let tries = 0;
    const overtaken = Object.create(stream, {
      identifier: { value: stream.identifier },
      pages: { value: stream.pages.bind(stream) },
      publish: {
        value: async (request: Parameters<typeof stream.publish>[0]) => {
          await stream.publish({ events: [{ name: "money-withdrawn", payload: { amount: 1 } }] });
          return stream.publish(request);
        },
      },
    });
    const retry = { tries: 3, backoff: { firstMs: 0, longestMs: 1 } };
    await expect(rival.execute(overtaken, { type: "lose" }, { retry })).rejects.toMatchObject({
      code: "UNMET_WRITE_CONDITION",
      latestPosition: 2,
    });
    expect(tries).toBe(3);
    expect((await stream.read()).map(({ name }) => name)).toStrictEqual(Array(3).fill("money-withdrawn"));
  });

  describe("with a command id", () => {
    it("carries a command out once, and returns its events ever after", async () => {
      const stream = freshStream();
      await account.execute(stream, deposit(5));
      const first = await account.execute(stream, { type: "withdraw", amount: 5 }, { commandId: "w-1" });
      expect(first).toMatchObject({ state: { balance: 0 }, isRepeat: false });
      // Deciding it again would refuse it: nothing is left.
      const second = await account.execute(stream, { type: "withdraw", amount: 5 }, { commandId: "w-1" });
      expect(second).toStrictEqual({ ...first, isRepeat: true });
      await account.execute(stream, deposit(3));
      const third = await account.execute(stream, { type: "withdraw", amount: 5 }, { commandId: "w-1" });
      expect(third).toStrictEqual({ state: { isOpen: false, balance: 3 }, events: first.events, isRepeat: true });
    });

    it("makes the ids of its events from the stream, the command's id and their place", async () => {
      const stream = freshStream();
      const { events } = await account.execute(stream, deposit(1, 2), { commandId: "d-1" });
      const { category, stream: name } = stream.identifier;
      const ids = [0, 1].map((n) => eventIdFrom("command", category, name, "d-1", n));
      expect(events.map(({ id }) => id)).toStrictEqual(ids);
    });

    it("is another command on another stream", async () => {
      const [one, other] = [freshStream(), freshStream()];
      const results = [
        await account.execute(one, deposit(1), { commandId: "c" }),
        await account.execute(other, deposit(1), { commandId: "c" }),
      ];
      expect(results.map(({ isRepeat }) => isRepeat)).toStrictEqual([false, false]);
      expect(await other.read()).toHaveLength(1);
    });

    it("returns what was decided first when another command comes with its id", async () => {
      const stream = freshStream();
      await account.execute(stream, deposit(1, 2), { commandId: "c" });
      const other = await account.execute(stream, deposit(9), { commandId: "c" });
      expect(other.isRepeat).toBe(true);
      expect(other.events.map(({ payload }) => payload)).toStrictEqual([{ amount: 1 }, { amount: 2 }]);
    });

    it("does not remember a command that decided nothing, or was refused", async () => {
      const stream = freshStream();
      await expect(account.execute(stream, { type: "withdraw", amount: 1 }, { commandId: "w" })).rejects.toMatchObject({
        code: "OVERDRAWN",
      });
      expect(await account.execute(stream, deposit(), { commandId: "w" })).toMatchObject({
        events: [],
        isRepeat: false,
      });
      await account.execute(stream, deposit(1));
      const { isRepeat } = await account.execute(stream, { type: "withdraw", amount: 1 }, { commandId: "w" });
      expect(isRepeat).toBe(false);
    });

    it("takes ids that mean something to JavaScript", async () => {
      const stream = freshStream();
      for (const commandId of ["__proto__", "constructor", "a/b\u2028\u{1F600}", "x".repeat(512)]) {
        expect(await account.execute(stream, deposit(1), { commandId })).toMatchObject({ isRepeat: false });
        expect(await account.execute(stream, deposit(1), { commandId })).toMatchObject({ isRepeat: true });
      }
      expect(await stream.read()).toHaveLength(4);
    });

    it("is carried out once by many at once, which decide different numbers of events", async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const stream = freshStream();
        if (round % 2 === 1) await account.execute(stream, deposit(1));
        const before = await stream.read();
        const results = await Promise.all(
          Array.from({ length: RIVALS }, (_, rival) =>
            uneven.execute(stream, { type: "deposit", times: 1 + ((rival + round) % 3) }, { commandId: "c" }),
          ),
        );
        const stored = (await stream.read()).slice(before.length);
        expect(results.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1);
        for (const { events, state } of results) {
          expect(events).toStrictEqual(stored);
          expect(state).toBe(before.length + stored.length);
        }
      }
    });

    it("finds its events among many others, wherever they are", async () => {
      const stream = freshStream();
      await account.execute(stream, deposit(...Array(30).fill(1)));
      const { events } = await account.execute(stream, deposit(2, 3, 4), { commandId: "c" });
      await account.execute(stream, deposit(...Array(30).fill(1)));
      expect(await account.execute(stream, deposit(1), { commandId: "c" })).toMatchObject({
        state: { balance: 69 },
        events,
        isRepeat: true,
      });
    });
  });

  it("adds metadata, of which an event's own members win", async () => {
    const stream = freshStream();
    const withMetadata = defineDecider({
      events: eventTable<AccountEvents>(),
      initialState: () => 0,
      evolve: { "account-opened": (n) => n, "money-deposited": (n) => n, "money-withdrawn": (n) => n },
      decide: {
        note: ({ metadata }: { metadata: unknown }) => ({ name: "money-deposited", payload: { amount: 1 }, metadata }),
      },
    });
    const metadata = { actor: "ada", correlationId: "c-1" };
    const stored: unknown[] = [];
    for (const own of [undefined, null, { actor: "grace", at: new Date(0) }, "text", ["list"], new Date(0)]) {
      const { events } = await withMetadata.execute(stream, { type: "note", metadata: own }, { metadata });
      stored.push(...events.map((event) => event.metadata));
    }
    expect(stored).toStrictEqual([
      metadata,
      metadata,
      { ...metadata, actor: "grace", at: "1970-01-01T00:00:00.000Z" },
      "text",
      ["list"],
      "1970-01-01T00:00:00.000Z",
    ]);
  });
});
