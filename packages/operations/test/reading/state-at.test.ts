import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { projectorFor } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { differencesOf, stateAt, stateSteps } from "../../src/index.ts";

type AccountEvents = { opened: { owner: string }; deposited: { amount: number } };
interface Account {
  readonly owner?: string;
  readonly amounts: readonly number[];
}

const accounts = projectorFor<Account, AccountEvents>()({
  name: "account",
  version: 1,
  source: "stream",
  initialState: () => ({ amounts: [] }),
  handlers: {
    opened: (state, { payload }) => ({ ...state, owner: payload.owner }),
    deposited: ({ owner, amounts }, { payload }) => ({
      ...(owner && { owner }),
      amounts: [...amounts, payload.amount],
    }),
  },
});
const perOwner = projectorFor<number, AccountEvents>()({
  name: "per-owner",
  version: 1,
  source: "category",
  key: ({ stream }) => stream,
  initialState: () => 0,
  handlers: { opened: (state) => state, deposited: (state, { payload }) => state + payload.amount },
});

const source = { kind: "stream", category: "accounts", stream: "1" } as const;
const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));

async function openStore(): Promise<EventStore> {
  const store = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
  await store.stream<AccountEvents>(source).publish({
    events: [
      { name: "opened", payload: { owner: "Ada" }, observedAt: at(1) },
      { name: "deposited", payload: { amount: 5 }, observedAt: at(5) },
      { name: "deposited", payload: { amount: 7 }, observedAt: at(9), occurredAt: at(3) },
    ],
  });
  return store;
}

describe("stateAt", () => {
  it.each([
    ["newest", { kind: "newest" }, { owner: "Ada", amounts: [5, 7] }],
    ["a number", { kind: "number", sequenceNumber: 2 }, { owner: "Ada", amounts: [5] }],
    ["what was known at a time", { kind: "observed", time: at(5) }, { owner: "Ada", amounts: [5] }],
    ["what was true at a time", { kind: "occurred", time: at(4) }, { owner: "Ada", amounts: [7] }],
    ["what was true, in order of occurrence", { kind: "occurred", time: at(5) }, { owner: "Ada", amounts: [7, 5] }],
    ["a time before everything", { kind: "observed", time: at(0) }, { amounts: [] }],
  ] as const)("folds a stream to %s", async (_, place, expected) => {
    const [projection] = await stateAt({ store: await openStore(), projector: accounts, source, place });
    expect(projection?.state).toEqual(expected);
  });

  it("folds a category with keys", async () => {
    const store = await openStore();
    const projections = await stateAt({
      store,
      projector: perOwner,
      source: { kind: "category", category: "accounts" },
      place: { kind: "number", sequenceNumber: 2 },
    });
    expect(projections.map(({ id, state }) => [id, state])).toEqual([["1", 5]]);
  });

  it("refuses a source that the projector does not fold", async () => {
    const store = await openStore();
    await expect(stateAt({ store, projector: perOwner, source })).rejects.toThrow(TypeError);
  });
});

describe("stateSteps", () => {
  it("says what each event changed, from any position on", async () => {
    const store = await openStore();
    const steps: unknown[] = [];
    for await (const { event, projection, differences } of stateSteps({
      store,
      projector: accounts,
      stream: source,
      from: 1,
    })) {
      steps.push([event.position, projection.state, differences]);
    }
    expect(steps).toEqual([
      [1, { owner: "Ada", amounts: [5] }, [{ path: ["amounts", 0], after: 5 }]],
      [2, { owner: "Ada", amounts: [5, 7] }, [{ path: ["amounts", 1], after: 7 }]],
    ]);
  });

  it("begins with the initial state, and stops at its limit", async () => {
    const store = await openStore();
    const steps: unknown[] = [];
    for await (const { differences } of stateSteps({ store, projector: accounts, stream: source, limit: 1 })) {
      steps.push(differences);
    }
    expect(steps).toEqual([[{ path: ["owner"], after: "Ada" }]]);
  });
});

describe("differencesOf", () => {
  it("finds the innermost places, in order", () => {
    const before = { a: { b: 1, c: [1, 2] }, gone: null, same: { x: [] } };
    const after = { a: { b: 2, c: [1] }, same: { x: [] }, new: { y: 1 } };
    expect(differencesOf(before, after)).toEqual([
      { path: ["a", "b"], before: 1, after: 2 },
      { path: ["a", "c", 1], before: 2 },
      { path: ["gone"], before: null },
      { path: ["new"], after: { y: 1 } },
    ]);
  });

  it("compares values of different kinds as wholes, and members of any name", () => {
    expect(differencesOf([1], { 0: 1 })).toEqual([{ path: [], before: [1], after: { 0: 1 } }]);
    expect(differencesOf(JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":2}'))).toEqual([
      { path: ["__proto__"], before: 1, after: 2 },
    ]);
    expect(differencesOf(new Date(0), new Date(0))).toEqual([]);
  });
});
