import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { consumeAll, exponentialBackoff, ProcessingControl, retry, subscription } from "@eventfold/processing";
import type { Transaction } from "@eventfold/store";
import { StorageUnavailableError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { openInMemory, type SharedAdapters, stageOn } from "../src/shared-stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const soon = retry({ times: 20, backoff: exponentialBackoff({ firstMs: 1, longestMs: 5 }) });

/** What becomes of the reply to a commit. */
type Reply = "arrives" | "is lost" | "is lost, and nothing was stored" | "is lost, and it is stored later";

/** Adapters whose event adapter loses replies to commits, in this order; then all arrive. */
function losingReplies({ events, storage }: SharedAdapters, replies: Reply[]) {
  const late: (() => void)[] = [];
  const lost = () => new StorageUnavailableError("The connection was lost.");
  async function transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    switch (replies.shift() ?? "arrives") {
      case "arrives":
        return events.transaction(work);
      case "is lost":
        await events.transaction(work);
        throw lost();
      case "is lost, and nothing was stored":
        return events.transaction(async (opened) => {
          await work(opened);
          throw lost();
        });
      case "is lost, and it is stored later": {
        const done = Promise.withResolvers<never>();
        void events.transaction(async (opened) => {
          await work(opened);
          done.reject(lost());
          await new Promise<void>((resolve) => late.push(resolve));
        });
        return done.promise;
      }
    }
  }
  return { storage, transactions: { transaction }, late };
}

describe("a transaction whose reply is lost", () => {
  it.each<Reply>(["is lost", "is lost, and nothing was stored", "is lost, and it is stored later"])(
    "is stored once when the reply %s",
    async (reply) => {
      const shared = await openInMemory();
      await using stage = stageOn(shared);
      await stage.publish(6);
      const { transactions, late } = losingReplies(shared, ["arrives", "arrives", reply, "arrives", reply]);
      const things = subscription({
        name: "things",
        source: stage.store.category("things"),
        transactions,
        onFailure: soon.then("stop"),
        handleEvent: async ({ sequenceNumber: payload }, { transaction }) => {
          late.shift()?.(); // the server is done with the lost one when the next one comes
          const stream = stage.store.within(await transaction()).stream({ category: "effects", stream: "e" });
          await stream.publish({ events: [{ name: "handled", payload }] });
        },
      });
      await consumeAll(things, { storage: stage.storage });
      expect(await stage.effects()).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await stage.checkpoints()).toEqual([6]);
    },
  );

  it("is not taken for a failure of the replay that it has stored, event by event of a stream", async () => {
    const shared = await openInMemory();
    await using stage = stageOn(shared);
    await stage.publish(12, 2); // the odd ones are of thing-0
    const replies: Reply[] = [];
    const { transactions } = losingReplies(shared, replies);
    let failing = 5;
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions,
      onFailure: retry({ times: 0 }).then("park-stream"),
      handleEvent: async ({ sequenceNumber: payload }, { transaction }) => {
        const stream = stage.store.within(await transaction()).stream({ category: "effects", stream: "e" });
        await stream.publish({ events: [{ name: "handled", payload }] });
        if (payload === failing) throw new Error("not this one");
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    const before = [1, 2, 3, 4, 6, 8, 10, 12];
    expect(await stage.effects()).toEqual(before);
    const control = new ProcessingControl({ storage: stage.storage });
    const parked = async () => {
      const numbers: number[] = [];
      for await (const { sequenceNumber } of control.parked("things")) numbers.push(sequenceNumber);
      return numbers;
    };
    failing = 9;
    replies.push("is lost", "is lost");
    await control.replay("things");
    await waitFor(async () => (await parked())[0] === 9);
    expect([await parked(), await stage.effects()]).toEqual([[9], [...before, 5, 7]]);
    failing = 0;
    replies.push("is lost", "is lost, and nothing was stored");
    await control.replay("things");
    await waitFor(async () => (await parked())[0] === 11);
    await control.replay("things");
    await waitFor(async () => (await parked()).length === 0);
    expect(await stage.effects()).toEqual([...before, 5, 7, 9, 11]);
    await broker.whenHandled(things, await stage.publish(2, 2));
    expect((await stage.effects()).length).toBe(before.length + 6);
  });
});

describe("a subscription with transactions", () => {
  it("lets no broker start whose storage does not share their database", async () => {
    const shared = await openInMemory();
    await using stage = stageOn(shared);
    const others = await MemoryEventStorageAdapter.open();
    const alone = await MemoryProcessingStorageAdapter.open();
    const source = stage.store.category("things");
    const handleEvent = () => {};
    const things = subscription({ name: "things", source, transactions: others, handleEvent });
    const refused = { code: "TRANSACTIONS_NOT_SHARED", subscription: "things", storage: "processing" };
    await expect(stage.broker({ subscriptions: [things] }).start()).rejects.toMatchObject(refused);
    const own = subscription({ name: "things", source, transactions: stage.events, handleEvent });
    await expect(stage.broker({ subscriptions: [own], storage: alone }).start()).rejects.toMatchObject(refused);
    expect((await stage.storage.storage.status({ names: undefined })).subscriptions).toEqual([]);
    await alone.close();
    await others.close();
  });

  it("is refused what transactions cannot do", async () => {
    const shared = await openInMemory();
    await using stage = stageOn(shared);
    const options = { name: "things", source: stage.store.category("things"), transactions: stage.events };
    expect(() => subscription({ ...options, concurrency: 2, handleEvent: () => {} })).toThrow(RangeError);
    expect(() => subscription({ ...options, process: async () => {} })).toThrow(TypeError);
    // @ts-expect-error no adapter
    expect(() => subscription({ ...options, transactions: {}, handleEvent: () => {} })).toThrow(TypeError);
  });

  it("has to be one for its handler to be given a transaction", async () => {
    const shared = await openInMemory();
    await using stage = stageOn(shared);
    await stage.publish(1);
    const errors: unknown[] = [];
    const late: (() => unknown)[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      handleEvent: async (_, { transaction, publish }) => {
        // @ts-expect-error the compiler refuses it
        const begin: () => Promise<unknown> = transaction;
        errors.push(await begin().catch((error: unknown) => error));
        late.push(begin, () => publish(stage.store, []));
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(errors[0]).toBeInstanceOf(TypeError);
    expect(String(errors[0])).toContain("transactions");
    await expect(late[0]?.()).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
    expect(late[1]).toThrow(expect.objectContaining({ code: "TRANSACTION_ENDED" }));
  });
});
