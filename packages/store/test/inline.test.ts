import { describe, expect, it } from "vitest";
import type { EventStorage, SaveResult } from "../src/adapter/index.ts";
import {
  type EventStorageAdapter,
  EventStore,
  type InlineHook,
  type InlinePublish,
  inlineHook,
  type OrderingGuarantee,
  type StoredEvent,
  streamIsEmpty,
  type Transaction,
} from "../src/index.ts";
import { adapterOn, scriptedStorage } from "./stand-in-storage.ts";

const NAMES = { category: "accounts", stream: "acc-1" };
const events = [{ name: "opened", payload: null }];
const stored = [{ name: "opened", position: 0 }] as StoredEvent[];
const ANSWERS: Readonly<Record<"stored" | "repeat" | "check", SaveResult>> = {
  stored: { kind: "stored", events: [stored] },
  repeat: { kind: "repeat", events: [stored] },
  check: { kind: "stored", events: [[]] },
};

interface Stage {
  readonly adapter: EventStorageAdapter;
  readonly transactions: Transaction[];
}

/** An adapter that gives these answers, each publish in a transaction of its own. */
function adapterWith(answers: readonly SaveResult[], own: object = {}): Stage {
  const storage: EventStorage = scriptedStorage({ answers });
  const transactions: Transaction[] = [];
  const transaction = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    const opened = { storage: { ...storage }, ...own };
    transactions.push(opened);
    return work(opened);
  };
  return { adapter: adapterOn(storage, { transaction }), transactions };
}

function recordingHook(needsOrder: OrderingGuarantee = "log"): InlineHook & { readonly runs: InlinePublish[] } {
  const runs: InlinePublish[] = [];
  return { needsOrder, runs, run: async (publish) => void runs.push(publish) };
}

describe("an inline hook", () => {
  it("runs once for what a publish stored, in its transaction", async () => {
    const hook = recordingHook();
    const { adapter, transactions } = adapterWith([ANSWERS.stored]);
    await new EventStore({ adapter, inline: [hook] }).stream(NAMES).publish({ events });
    expect(hook.runs).toEqual([{ events: stored, transaction: transactions[0], store: expect.any(EventStore) }]);
  });

  it("does not run for a repeat, nor for a mere check", async () => {
    const hook = recordingHook();
    const store = new EventStore({ adapter: adapterWith([ANSWERS.repeat, ANSWERS.check]).adapter, inline: [hook] });
    await store.stream(NAMES).publish({ events });
    await store.publish([{ ...NAMES, condition: streamIsEmpty() }]);
    expect(hook.runs).toEqual([]);
  });

  it("runs in the transaction that the store is bound to, which opens no other", async () => {
    const hook = recordingHook();
    const { adapter, transactions } = adapterWith([]);
    const mine: Transaction = { storage: scriptedStorage({ answers: [ANSWERS.stored] }) };
    await new EventStore({ adapter, inline: [hook] }).within(mine).stream(NAMES).publish({ events });
    expect(hook.runs).toEqual([{ events: stored, transaction: mine, store: expect.any(EventStore) }]);
    expect(transactions).toEqual([]);
  });

  it("rolls back with its own error when it rejects, where the transaction can hold back a commit", async () => {
    const own = new Error("mine");
    const hook: InlineHook = { needsOrder: "log", run: () => Promise.reject(own) };
    const rolledBack: unknown[] = [];
    for (const transaction of [{ rollbackWith: (error: unknown) => void rolledBack.push(error) }, {}]) {
      const { adapter } = adapterWith([ANSWERS.stored], transaction);
      const publish = new EventStore({ adapter, inline: [hook] }).stream(NAMES).publish({ events });
      await expect(publish).rejects.toBe(own);
    }
    expect(rolledBack).toEqual([own]);
  });

  it("that was made for an adapter is given its transactions, and refused by a store on another adapter", async () => {
    const runs: InlinePublish[] = [];
    const { adapter, transactions } = adapterWith([ANSWERS.stored]);
    const hook = inlineHook(adapter, { needsOrder: "log", run: async (publish) => void runs.push(publish) });
    await new EventStore({ adapter, inline: [hook] }).stream(NAMES).publish({ events });
    expect(runs).toEqual([{ events: stored, transaction: transactions[0], store: expect.any(EventStore) }]);
    expect(() => new EventStore({ adapter: adapterWith([]).adapter, inline: [hook] })).toThrow(
      new TypeError("The inline hook was made for another adapter. Make it for the store's: `inlineHook(adapter, …)`."),
    );
  });

  it("is refused where the log is in too little order for it", () => {
    const adapter = { ...adapterWith([]).adapter, orderingGuarantee: "stream" } as const;
    expect(() => new EventStore({ adapter, inline: [recordingHook("stream")] })).not.toThrow();
    expect(() => new EventStore({ adapter, inline: [recordingHook("category")] })).toThrow(
      'An inline projection needs the ordering guarantee "category", but the log was created with "stream".',
    );
  });
});
