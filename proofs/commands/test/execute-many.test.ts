import { executeMany } from "@eventfold/commands";
import { taggedWith } from "@eventfold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountEvents, account } from "../src/account.ts";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

const ROUNDS = process.env.EVENTFOLD_SOAK ? 100 : 5;
const RIVALS = 16;
const untilDone = { tries: 200, backoff: { firstMs: 1, longestMs: 20 } };

describe.each(DATABASES)("executeMany on $name", ({ open }) => {
  let database: OpenedDatabase;
  let named = 0;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  const freshStream = () => database.store.category<AccountEvents>("accounts").stream(`acc-${named++}`);
  type Stream = ReturnType<typeof freshStream>;
  const balanceOf = async (stream: Stream) => (await account.projector.project(stream)).state.balance;
  const transfer = (from: Stream, to: Stream, amount: number) =>
    [
      { decider: account, stream: from, command: { type: "withdraw", amount } },
      { decider: account, stream: to, command: { type: "deposit", amounts: [amount] } },
    ] as const;
  async function accountWith(amount: number): Promise<Stream> {
    const stream = freshStream();
    await account.execute(stream, { type: "deposit", amounts: [amount] });
    return stream;
  }

  it("stores the events of all commands, and returns what each has led to", async () => {
    const [from, to] = [await accountWith(10), freshStream()];
    const [withdrawn, deposited] = await executeMany(database.store, transfer(from, to, 4));
    expect(withdrawn).toMatchObject({ state: { balance: 6 }, isRepeat: false });
    expect(deposited).toMatchObject({ state: { balance: 4 }, isRepeat: false });
    expect(withdrawn.events).toStrictEqual((await from.read()).slice(1));
    expect(deposited.events).toStrictEqual(await to.read());
  });

  it("stores nothing when one of them is refused", async () => {
    const [from, to] = [await accountWith(3), freshStream()];
    await expect(executeMany(database.store, transfer(from, to, 4))).rejects.toMatchObject({ code: "OVERDRAWN" });
    expect(await to.read()).toStrictEqual([]);
  });

  it("stores nothing when an event of another stream matches failIf, and decides only once", async () => {
    const [from, to, claims] = [await accountWith(9), freshStream(), freshStream()];
    const tag = `transfer:${claims.identifier.stream}`;
    const claim = { name: "account-opened", payload: { owner: "x" }, tags: [tag] } as const;
    let reads = 0;
    const counted: typeof from = Object.create(from, {
      identifier: { value: from.identifier },
      entry: { value: from.entry.bind(from) },
      pages: {
        value(...options: Parameters<typeof from.pages>) {
          reads += 1;
          return from.pages(...options);
        },
      },
    });
    const failIf = taggedWith(tag);
    const [withdrawn] = await executeMany(database.store, transfer(counted, to, 4), { failIf, commandId: tag });
    expect(withdrawn.state).toMatchObject({ balance: 5 });
    await claims.publish({ events: [claim] });
    reads = 0;
    await expect(executeMany(database.store, transfer(counted, to, 4), { failIf })).rejects.toMatchObject({
      code: "EVENTS_MATCHED",
      query: failIf,
    });
    expect([reads, await balanceOf(from), await balanceOf(to)]).toEqual([1, 5, 4]);
    const repeated = await executeMany(database.store, transfer(from, to, 4), { failIf, commandId: tag });
    expect(repeated.map(({ isRepeat }) => isRepeat)).toEqual([true, true]);
  });

  it("refuses what is no refusal, and a misspelt option, before anything is stored", async () => {
    const [from, to] = [await accountWith(9), freshStream()];
    const given = (options: object) => executeMany(database.store, transfer(from, to, 4), options as never);
    await expect(given({ failIf: "never" })).rejects.toThrow(TypeError);
    await expect(given({ failif: taggedWith("a") })).rejects.toThrow('no member "failif"');
    expect(await balanceOf(from)).toBe(9);
  });

  it("decides again when others publish to one of the streams, even to one for which nothing is decided", async () => {
    const [checked, to] = [freshStream(), freshStream()];
    let reads = 0;
    const overtaken = Object.create(checked, {
      identifier: { value: checked.identifier },
      entry: { value: checked.entry.bind(checked) },
      pages: {
        async *value(...options: Parameters<typeof checked.pages>) {
          yield* checked.pages(...options);
          if (reads++ === 0) await account.execute(checked, { type: "open", owner: "Grace" });
        },
      },
    });
    const [opened, deposited] = await executeMany(database.store, [
      { decider: account, stream: overtaken, command: { type: "deposit", amounts: [] } },
      { decider: account, stream: to, command: { type: "deposit", amounts: [1] } },
    ]);
    expect(reads).toBe(2);
    expect(opened).toStrictEqual({ state: { isOpen: true, balance: 0 }, events: [], isRepeat: false });
    expect(deposited.events).toHaveLength(1);
  });

  it("neither makes nor loses money when many transfers cross", async () => {
    const accounts = await Promise.all(Array.from({ length: 4 }, () => accountWith(20)));
    const transfers = Array.from({ length: RIVALS * 2 }, (_, n) => {
      const [from, to] = [accounts[n % 4], accounts[(n + 1 + (n % 3)) % 4]] as [Stream, Stream];
      return executeMany(database.store, transfer(from, to, 1 + (n % 7)), { retry: untilDone });
    });
    const settled = await Promise.allSettled(transfers);
    for (const each of settled)
      if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "OVERDRAWN" });
    const balances = await Promise.all(accounts.map(balanceOf));
    expect(balances.reduce((sum, balance) => sum + balance)).toBe(80);
    expect(Math.min(...balances)).toBeGreaterThanOrEqual(0);
  });

  describe("with a command id", () => {
    it("carries the commands out once, in whatever order they are repeated", async () => {
      const [from, to] = [await accountWith(10), freshStream()];
      const first = await executeMany(database.store, transfer(from, to, 10), { commandId: "t" });
      const [again, other] = await executeMany(database.store, transfer(from, to, 10), { commandId: "t" });
      expect([again, other]).toStrictEqual(first.map((executed) => ({ ...executed, isRepeat: true })));
      const [withdraw, deposit] = transfer(from, to, 10);
      const turned = await executeMany(database.store, [deposit, withdraw], { commandId: "t" });
      expect(turned).toStrictEqual([other, again]);
    });

    it("knows commands again of which some have led to nothing", async () => {
      const [one, other] = [freshStream(), freshStream()];
      const open = (stream: Stream) => ({ decider: account, stream, command: { type: "open", owner: "Ada" } }) as const;
      await account.execute(one, { type: "open", owner: "Grace" });
      const [none, opened] = await executeMany(database.store, [open(one), open(other)], { commandId: "t" });
      expect([none.events.length, opened.events.length]).toStrictEqual([0, 1]);
      const repeat = await executeMany(database.store, [open(one), open(other)], { commandId: "t" });
      expect(repeat).toStrictEqual([
        { ...none, isRepeat: true },
        { ...opened, isRepeat: true },
      ]);
    });

    it("is another command than one with the same id on one of the streams, or with another stream", async () => {
      const [one, two, three] = [freshStream(), freshStream(), freshStream()];
      const deposit = (stream: Stream) =>
        ({ decider: account, stream, command: { type: "deposit", amounts: [1] } }) as const;
      const options = { commandId: "t" };
      await account.execute(one, deposit(one).command, options);
      const both = await executeMany(database.store, [deposit(one), deposit(two)], options);
      const others = await executeMany(database.store, [deposit(one), deposit(three)], options);
      expect([...both, ...others].map(({ isRepeat }) => isRepeat)).toStrictEqual([false, false, false, false]);
      // Of a single stream it is the command that `execute` carries out.
      expect(await executeMany(database.store, [deposit(one)], options)).toMatchObject([{ isRepeat: true }]);
      expect(await Promise.all([one, two, three].map(balanceOf))).toStrictEqual([3, 1, 1]);
    });

    it("is carried out once by many at once", async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const [from, to] = [await accountWith(10), freshStream()];
        const results = await Promise.all(
          Array.from({ length: RIVALS }, () =>
            executeMany(database.store, transfer(from, to, 10), { commandId: "t", retry: untilDone }),
          ),
        );
        expect(results.filter(([{ isRepeat }]) => !isRepeat)).toHaveLength(1);
        const [withdrawn, deposited] = [(await from.read()).slice(1), await to.read()];
        expect([withdrawn.length, deposited.length]).toStrictEqual([1, 1]);
        for (const [one, other] of results) expect([one.events, other.events]).toStrictEqual([withdrawn, deposited]);
      }
    });
  });

  it("refuses no command, two for one stream, and what is none, before it reads anything", async () => {
    const [one, two] = transfer(freshStream(), freshStream(), 1);
    const execute = executeMany as (store: unknown, commands: unknown, options?: unknown) => Promise<unknown>;
    await expect(execute(database.store, [])).rejects.toThrow(RangeError);
    await expect(execute(database.store, [one, { ...two, stream: one.stream }])).rejects.toThrow(
      "Two commands are for",
    );
    await expect(execute(database.store, "commands")).rejects.toThrow(TypeError);
    await expect(execute(database.store, [one, { ...two, stream: undefined }])).rejects.toThrow(TypeError);
    await expect(execute(database.store, [one, { ...two, command: { type: "x" } }])).rejects.toMatchObject({
      code: "INVALID_COMMAND",
    });
    await expect(execute(database.store, [one, two], { commandId: "" })).rejects.toMatchObject({
      code: "INVALID_NAME",
    });
  });
});
