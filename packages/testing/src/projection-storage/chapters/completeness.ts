import assert from "node:assert/strict";
import type {
  CompletenessKey,
  ProjectionSaveRequest,
  ProjectionSaveResult,
  ProjectionStorage,
  ProjectionWrite,
} from "@eventfold/projections";
import { rejectionOf } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { inProjectionTransaction } from "../observe/in-projection-transaction.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";

const KEY: CompletenessKey = {
  name: "spend",
  projectorVersion: 1,
  source: { kind: "category", category: "payments" },
};

function write(id: string, lastSequenceNumber: number, seen?: number | "absent"): ProjectionWrite {
  const { name, projectorVersion, source } = KEY;
  return {
    projection: {
      ...{ name, projectorVersion, id, source, state: "{}", metadata: "null", lastSequenceNumber },
      ...{ lastPosition: undefined, isRemoved: false },
    },
    unchangedSince:
      seen === undefined || seen === "absent"
        ? seen && { kind: "absent" }
        : { kind: "present", lastSequenceNumber: seen },
  };
}

async function save(storage: ProjectionStorage, request: ProjectionSaveRequest): Promise<void> {
  assertSame(await storage.save(request), { kind: "saved" });
}

async function upTo(storage: ProjectionStorage, own: Partial<CompletenessKey> = {}): Promise<number> {
  const start = await storage.startingPoint({ ...KEY, ...own, ids: [] });
  assertSame(start.projections, []);
  return start.completeUpTo;
}

/** Up to which number the projections of a projector with a key are complete. */
export const completeness: readonly ProjectionRuleTest[] = [
  projectionTest(
    "completeness",
    "a number is stored with the writes of its save, and is read with the projections of the ids asked for",
    async ({ adapter, open, ...stage }) => {
      assertSame(await adapter.storage.startingPoint({ ...KEY, ids: ["ada"] }), { completeUpTo: 0, projections: [] });
      const writes = [write("ada", 3), write("ben", 5), write("cyn", 4)];
      await save(adapter.storage, { writes, completeness: { ...KEY, seen: 0, upTo: 6 } });
      const other = adapter.capabilities.sharedStorage ? await open() : adapter;
      const { completeUpTo, projections } = await other.storage.startingPoint({
        ...KEY,
        ids: ["ben", "nobody", "ada"],
      });
      assert.equal(completeUpTo, 6);
      const found = projections.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      assertSame(
        found.map(({ id, lastSequenceNumber, source, state }) => ({ id, lastSequenceNumber, source, state })),
        [
          { id: "ada", lastSequenceNumber: 3, source: KEY.source, state: {} },
          { id: "ben", lastSequenceNumber: 5, source: KEY.source, state: {} },
        ],
      );
      assert.equal(await stage.store.activeVersion("spend"), 1);
      await save(adapter.storage, { writes: [write("ada", 7, 3)], completeness: { ...KEY, seen: 6, upTo: 8 } });
      assert.equal(await upTo(other.storage), 8);
    },
  ),
  projectionTest("completeness", "each name, version and source has a number of its own", async ({ adapter }) => {
    const longest = "\u{1f600}".repeat(512);
    const others: readonly Partial<CompletenessKey>[] = [
      { name: "Spend" },
      { projectorVersion: 2 },
      { source: { kind: "log" } },
      { source: { kind: "category", category: "Payments" } },
      { source: { kind: "category", category: "log" } },
      { name: longest, source: { kind: "category", category: "\u{1f600}".repeat(128) } },
      { name: "__proto__", source: { kind: "category", category: "'" } },
    ];
    await save(adapter.storage, { writes: [], completeness: { ...KEY, seen: 0, upTo: 5 } });
    for (const [n, other] of others.entries()) {
      assert.equal(await upTo(adapter.storage, other), 0);
      await save(adapter.storage, { writes: [], completeness: { ...KEY, ...other, seen: 0, upTo: n + 100 } });
    }
    for (const [n, other] of others.entries()) assert.equal(await upTo(adapter.storage, other), n + 100);
    assert.equal(await upTo(adapter.storage), 5);
    assert.equal(await adapter.storage.activeVersion("spend"), undefined);
  }),
  projectionTest("completeness", "a save that saw another number writes nothing", async ({ adapter, store }) => {
    const overtaken = async (seen: number, completeUpTo: number): Promise<void> => {
      const completeness = { ...KEY, seen, upTo: 9 };
      const result = await adapter.storage.save({ writes: [write("ada", 9)], completeness });
      assertSame(result, { kind: "overtaken", completeUpTo });
    };
    await overtaken(5, 0);
    assertSame([await store.count(), await upTo(adapter.storage)], [0, 0]);
    await save(adapter.storage, { writes: [write("ada", 3)], completeness: { ...KEY, seen: 0, upTo: 4 } });
    await overtaken(0, 4);
    await overtaken(3, 4);
    const { completeUpTo, projections } = await adapter.storage.startingPoint({ ...KEY, ids: ["ada"] });
    assertSame([completeUpTo, projections[0]?.lastSequenceNumber], [4, 3]);
  }),
  projectionTest("completeness", "a conflict is judged first, and leaves the number as it was", async ({ adapter }) => {
    await save(adapter.storage, { writes: [write("ada", 3)], completeness: { ...KEY, seen: 0, upTo: 4 } });
    for (const seen of [4, 1]) {
      const result = await adapter.storage.save({
        writes: [write("ada", 9, 1)],
        completeness: { ...KEY, seen, upTo: 9 },
      });
      assertSame(result, { kind: "conflict", conflicts: [{ write: 0, lastSequenceNumber: 3 }] });
    }
    assert.equal(await upTo(adapter.storage), 4);
  }),
  projectionTest(
    "completeness",
    "one of several simultaneous saves that saw the same number goes through, with all it writes",
    async ({ adapter, open, sizes }) => {
      const other = adapter.capabilities.sharedStorage ? await open() : adapter;
      for (let round = 0; round < sizes.repeats; round++) {
        const results = await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            (n % 2 === 0 ? adapter : other).storage.save({
              writes: [write(`${round}-${n}`, round + 1)],
              completeness: { ...KEY, seen: round, upTo: round + 1 },
            }),
          ),
        );
        const kinds = (kind: ProjectionSaveResult["kind"]): number =>
          results.filter((each) => each.kind === kind).length;
        assertSame([kinds("saved"), kinds("overtaken")], [1, sizes.writers - 1]);
        const ids = Array.from({ length: sizes.writers }, (_, n) => `${round}-${n}`);
        const { completeUpTo, projections } = await adapter.storage.startingPoint({ ...KEY, ids });
        assertSame([completeUpTo, projections.length], [round + 1, 1]);
      }
    },
  ),
  projectionTest(
    "completeness",
    "a save without the number lowers it to what was saved, for that name and version only",
    async ({ adapter }) => {
      await save(adapter.storage, { writes: [write("ada", 3)], completeness: { ...KEY, seen: 0, upTo: 10 } });
      await save(adapter.storage, { writes: [], completeness: { ...KEY, source: { kind: "log" }, seen: 0, upTo: 4 } });
      await save(adapter.storage, { writes: [], completeness: { ...KEY, projectorVersion: 2, seen: 0, upTo: 10 } });
      await save(adapter.storage, { writes: [write("ben", 12)] });
      assert.equal(await upTo(adapter.storage), 10);
      await save(adapter.storage, { writes: [write("cyn", 12), write("ada", 5, 3), write("dan", 7, "absent")] });
      assertSame([await upTo(adapter.storage), await upTo(adapter.storage, { source: { kind: "log" } })], [5, 4]);
      assert.equal(await upTo(adapter.storage, { projectorVersion: 2 }), 10);
      const conflict = await adapter.storage.save({ writes: [write("ada", 1, 3)] });
      assertSame([conflict.kind, await upTo(adapter.storage)], ["conflict", 5]);
      await save(adapter.storage, { writes: [write("ada", 0)] });
      assert.equal(await upTo(adapter.storage), 0);
      await save(adapter.storage, { writes: [], completeness: { ...KEY, seen: 0, upTo: 3 } });
      assert.equal(await upTo(adapter.storage), 3);
    },
  ),
  projectionTest("completeness", "deleting a projection, and clearing, removes the number", async ({ adapter }) => {
    const second = { projectorVersion: 2 };
    const complete = async (): Promise<void> => {
      for (const own of [{}, second]) {
        const seen = await upTo(adapter.storage, own);
        await save(adapter.storage, { writes: [], completeness: { ...KEY, ...own, seen, upTo: 10 } });
      }
    };
    await save(adapter.storage, { writes: [write("ada", 3), write("ben", 3)] });
    await complete();
    await adapter.storage.delete({ name: "spend", projectorVersion: 1, id: "nobody" });
    assertSame([await upTo(adapter.storage), await upTo(adapter.storage, second)], [10, 10]);
    await adapter.storage.delete({ name: "spend", projectorVersion: 1, id: "ada" });
    assertSame([await upTo(adapter.storage), await upTo(adapter.storage, second)], [0, 10]);
    await complete();
    await adapter.storage.clear({ name: "spend", projectorVersion: 2 });
    assertSame([await upTo(adapter.storage), await upTo(adapter.storage, second)], [10, 0]);
    await complete();
    await adapter.storage.delete({ name: "spend", projectorVersion: undefined, id: "ben" });
    assert.equal(await upTo(adapter.storage), 0);
    await complete();
    await adapter.storage.clear({ name: "spend", projectorVersion: undefined });
    assertSame([await upTo(adapter.storage), await upTo(adapter.storage, second)], [0, 0]);
  }),
  projectionTest("completeness", "any number of projections is read at once", async ({ adapter }) => {
    const ids = Array.from({ length: 2_500 }, (_, n) => `id-${n}`);
    const writes = ids.map((id, n) => write(id, n + 1));
    await save(adapter.storage, { writes, completeness: { ...KEY, seen: 0, upTo: 2_500 } });
    const { projections } = await adapter.storage.startingPoint({ ...KEY, ids: ids.toReversed() });
    const numbers = new Map(projections.map(({ id, lastSequenceNumber }) => [id, lastSequenceNumber]));
    assertSame([projections.length, ids.every((id, n) => numbers.get(id) === n + 1)], [2_500, true]);
  }),
  projectionTestNeeding(
    "transactions",
    projectionTest(
      "completeness",
      "a number that a transaction changes is seen in it at once, outside once it commits, and never when it does not",
      async ({ adapter, open }) => {
        const outside = adapter.capabilities.sharedStorage ? await open() : adapter;
        await save(adapter.storage, { writes: [write("ada", 3)], completeness: { ...KEY, seen: 0, upTo: 4 } });
        await save(adapter.storage, { writes: [], completeness: { ...KEY, projectorVersion: 2, seen: 0, upTo: 2 } });
        const log = { source: { kind: "log" } } as const;
        const changed = async (transaction: object): Promise<void> => {
          const inside = adapter.within(transaction);
          await save(inside, { writes: [write("ada", 5)], completeness: { ...KEY, seen: 4, upTo: 6 } });
          await save(inside, { writes: [], completeness: { ...KEY, ...log, seen: 0, upTo: 6 } });
          const other = { ...KEY, projectorVersion: 2 };
          await save(inside, { writes: [], completeness: { ...other, seen: 2, upTo: 6 } });
          assertSame([await upTo(inside, other), await upTo(outside.storage, other)], [6, 2]);
          assertSame([await upTo(inside), await upTo(inside, log)], [6, 6]);
          assertSame([await upTo(outside.storage), await upTo(outside.storage, log)], [4, 0]);
          await save(inside, { writes: [write("ben", 5)] });
          assertSame([await upTo(inside), await upTo(inside, log)], [5, 5]);
          await inside.delete({ name: "spend", projectorVersion: 1, id: "ben" });
          assertSame([await upTo(inside), await upTo(inside, log)], [0, 0]);
          assertSame([await upTo(outside.storage), await upTo(outside.storage, log)], [4, 0]);
        };
        const back = new Error("back");
        const rolledBack = inProjectionTransaction(adapter, async (transaction) => {
          await changed(transaction);
          throw back;
        });
        assert.equal(await rejectionOf(rolledBack), back);
        assertSame([await upTo(outside.storage), await upTo(outside.storage, log)], [4, 0]);
        await inProjectionTransaction(adapter, changed);
        assertSame([await upTo(outside.storage), await upTo(outside.storage, log)], [0, 0]);
      },
    ),
  ),
];
