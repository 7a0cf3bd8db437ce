import { MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { type Projection, ProjectionStore, projectorFor } from "@eventfold/projections";
import { filter } from "@eventfold/query";
import { beforeEach, describe, expect, it } from "vitest";

const accountProjector = projectorFor<{ balance: number }, Record<never, never>>()({
  ...{ name: "account", version: 2, initialState: () => ({ balance: 0 }), handlers: {} },
});

function account(id: string, balance: number) {
  return {
    ...{ id, name: "account", source: { kind: "stream", category: "accounts", stream: id } as const },
    ...{ state: { balance }, metadata: null, lastSequenceNumber: 1, projectorVersion: 2 },
  };
}

let store: ProjectionStore;
beforeEach(async () => {
  store = new ProjectionStore({ adapter: await MemoryProjectionStorageAdapter.open() });
});

describe("the projections of one projector", () => {
  it("are found under its name only", async () => {
    const accounts = store.of(accountProjector);
    await store.saveMany([
      { ...account("a", 5), name: "order" },
      { ...account("z", 5), name: "order" },
    ]);
    await accounts.save(account("a", 1));
    await accounts.saveMany([account("b", 2), account("c", 2)]);
    const one = { id: "a", name: "account", state: { balance: 1 } };
    expect(await accounts.load({ id: "a" })).toMatchObject(one);
    expect(await accounts.load({ id: "z" })).toBeUndefined();
    expect(await accounts.locate({ source: account("a", 1).source })).toMatchObject(one);
    expect(await accounts.lookup({ filters: [filter("state.balance", "equal", 1)] })).toMatchObject(one);
    expect((await accounts.search()).items.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(await accounts.count({ filters: [filter("state.balance", "equal", 2)] })).toBe(2);
    expect([await accounts.delete({ id: "z" }), await accounts.delete({ id: "a" })]).toEqual([false, true]);
    expect(await accounts.clear()).toBe(2);
    expect(await store.count()).toBe(2);
  });

  it("are of its version when it is activated, and of any that is named", async () => {
    const accounts = store.of(accountProjector);
    await store.save({ ...account("a", 1), projectorVersion: 1 });
    await accounts.save(account("a", 2));
    expect(await accounts.activeVersion()).toBe(1);
    expect(await accounts.activate()).toBe(1);
    expect(await accounts.activeVersion()).toBe(2);
    const before = { projectorVersion: 1 };
    expect(await accounts.load({ id: "a" })).toMatchObject({ state: { balance: 2 } });
    expect(await accounts.load({ id: "a", ...before })).toMatchObject({ state: { balance: 1 } });
    expect(await accounts.locate({ source: account("a", 1).source, ...before })).toMatchObject({
      state: { balance: 1 },
    });
    expect((await accounts.search({}, before)).items).toMatchObject([{ state: { balance: 1 } }]);
    expect(await accounts.lookup({}, before)).toMatchObject({ state: { balance: 1 } });
    expect(await accounts.count({ filters: [filter("state.balance", "equal", 2)] }, before)).toBe(0);
    expect([await accounts.delete({ id: "a", ...before }), await accounts.clear(before)]).toEqual([true, 0]);
    expect(await accounts.count()).toBe(1);
  });

  it("pass on what was seen", async () => {
    const accounts = store.of(accountProjector);
    await accounts.save(account("a", 1));
    const conflict = {
      code: "PROJECTION_CONFLICT",
      id: "a",
      expectedSequenceNumber: undefined,
      storedSequenceNumber: 1,
    };
    await expect(accounts.save(account("a", 2), { unchangedSince: undefined })).rejects.toMatchObject(conflict);
    await expect(accounts.saveMany([account("a", 2)], { unchangedSince: [] })).rejects.toMatchObject(conflict);
  });

  it("are refused when they are another projector's", async () => {
    const order = { ...account("a", 1), name: "order" };
    const refusal = {
      code: "INVALID_PROJECTION",
      projection: "account",
      path: "name",
      reason: 'it is of the projector "order"',
    };
    const accounts = store.of(accountProjector);
    await expect(accounts.save(order)).rejects.toMatchObject(refusal);
    await expect(accounts.saveMany([account("b", 1), order])).rejects.toMatchObject(refusal);
    expect(await store.count()).toBe(0);
  });
});

describe("a projection store", () => {
  it.each<[string, Partial<Projection>, object]>([
    ["a bad name", { name: "" }, { code: "INVALID_NAME", kind: "projection" }],
    ["a bad id", { id: "" }, { code: "INVALID_NAME", kind: "projection id" }],
    [
      ...(["no source", { source: undefined as never }] as const),
      new TypeError("The source of a projection must be the identifier of a stream, a category or the log."),
    ],
    [
      ...(["an invalid sequence number", { lastSequenceNumber: -1 }] as const),
      new RangeError('"lastSequenceNumber" of a projection must be a safe integer of 0 or more, got -1.'),
    ],
    [
      ...(["an invalid position", { lastPosition: 0.5 }] as const),
      new RangeError('"lastPosition" of a projection must be a safe integer of 0 or more, got 0.5.'),
    ],
    [
      ...(["events in order of occurrence", { order: "occurred" }] as const),
      { name: "InvalidProjectionError", code: "INVALID_PROJECTION", projection: "account", path: "order" },
    ],
  ])("refuses to save one with %s", async (_, own, refusal) => {
    await expect(store.save({ ...account("a", 1), ...own })).rejects.toThrow(expect.objectContaining(refusal));
    expect(await store.count()).toBe(0);
  });

  it("refuses one that appears twice in one save, a version without a name, and bad names", async () => {
    await expect(store.saveMany([account("a", 1), account("a", 2)])).rejects.toThrow(
      new RangeError('Projection ["account",2,"a"] appears twice in one save.'),
    );
    await expect(store.count({}, { projectorVersion: 1 })).rejects.toThrow(
      new RangeError("A version belongs to one name: give the name too."),
    );
    const name = { code: "INVALID_NAME", kind: "projection" };
    for (const call of [
      () => store.load({ name: "", id: "a" }),
      () => store.search({}, { name: "" }),
      () => store.clear(""),
      () => store.activeVersion(""),
      () => store.activate({ name: "", projectorVersion: 1 }),
    ]) {
      await expect(call()).rejects.toMatchObject(name);
    }
    const id = { code: "INVALID_NAME", kind: "projection id" };
    await expect(store.load({ name: "account", id: "" })).rejects.toMatchObject(id);
    await expect(store.delete({ name: "account", id: "" })).rejects.toMatchObject(id);
  });

  it("refuses what is not a transaction", async () => {
    const adapter = await MemoryProjectionStorageAdapter.open();
    const within = (): unknown => new ProjectionStore({ adapter }).within(undefined as never);
    expect(within).toThrow(expect.objectContaining({ code: "UNSUITABLE_TRANSACTION" }));
  });

  it("is within one transaction at most", async () => {
    const adapter = await MemoryProjectionStorageAdapter.open();
    await adapter.transaction(async (tx) => {
      const within = new ProjectionStore({ adapter }).within(tx);
      expect(() => within.within(tx)).toThrow(new TypeError("The projection store is within a transaction already."));
    });
  });
});
