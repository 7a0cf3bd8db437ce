import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { LockOutcome } from "@eventfold/processing";
import { assertSame } from "../../event-storage/observe/same.ts";
import { beginNode, type Node } from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

function take(node: Node, holder: string, name = "nightly"): Promise<LockOutcome> {
  return node.storage.tryLock({ name, session: node.id, holder });
}

async function tokenOf(outcome: Promise<LockOutcome>): Promise<number> {
  const taken = await outcome;
  if (taken.kind !== "taken") assert.fail(`Expected to get the lock, got ${taken.kind}.`);
  return taken.token;
}

export const locks: readonly ProcessingRuleTest[] = [
  processingTest(
    "P11",
    "a lock that is held is refused to others until it is released",
    async ({ storage, storages: [, other] }) => {
      const [first, second] = [await beginNode(storage, "first"), await beginNode(other, "second")];
      const [a, b] = [randomUUID(), randomUUID()];
      const token = await tokenOf(take(first, a));
      assertSame({ ...(await take(second, b)) }, { kind: "held", session: first.id, token });
      await other.releaseLock({ name: "nightly", holder: b });
      assertSame({ ...(await take(second, b)) }, { kind: "held", session: first.id, token });
      await storage.releaseLock({ name: "nightly", holder: a });
      const next = await tokenOf(take(second, b));
      assert.ok(next > token, `the token rises: it was ${token} and is ${next}`);
      await storage.releaseLock({ name: "nightly", holder: a });
      assert.equal((await take(first, a)).kind, "held");
    },
  ),
  processingTest("P11", "two holders of one session exclude each other", async ({ storage }) => {
    const node = await beginNode(storage, "node");
    const token = await tokenOf(take(node, randomUUID()));
    assertSame({ ...(await take(node, randomUUID())) }, { kind: "held", session: node.id, token });
  }),
  processingTest(
    "P11",
    "one of several rivals has the lock at a time, each with a higher token than all before",
    async ({ storages, sizes }) => {
      const nodes = await Promise.all(
        Array.from({ length: sizes.rivals }, (_, n) => beginNode(storages[n % 2 === 0 ? 0 : 1], `node-${n}`)),
      );
      let last = Number.NEGATIVE_INFINITY;
      for (let round = 0; round < sizes.repeats; round++) {
        const holders = nodes.map(() => randomUUID());
        const outcomes = await Promise.all(nodes.map((node, n) => take(node, holders[n] ?? "")));
        const winners = outcomes.filter(({ kind }) => kind === "taken");
        assert.equal(winners.length, 1, "how many have the lock");
        const winner = outcomes.findIndex(({ kind }) => kind === "taken");
        const token = await tokenOf(take(nodes[winner] ?? assert.fail(), holders[winner] ?? ""));
        assert.ok(token > last, `the token rises: it was ${last} and is ${token}`);
        last = token;
        await storages[1].releaseLock({ name: "nightly", holder: holders[winner] ?? "" });
      }
    },
  ),
  processingTest(
    "P11",
    "a lock is free when its session is not living, however the session ended",
    async ({ storage, storages: [, other] }) => {
      const watcher = await beginNode(other, "watcher");
      const endings: readonly ((node: Node) => Promise<unknown>)[] = [
        ({ id }) => storage.endSession(id),
        ({ id }) => other.evict([{ id, beat: 0 }]),
        ({ name }) => beginNode(other, name),
      ];
      for (const [n, end] of endings.entries()) {
        const name = `lock-${n}`;
        const node = await beginNode(storage, `node-${n}`);
        const holder = randomUUID();
        const token = await tokenOf(take(node, holder, name));
        assert.equal((await take(watcher, randomUUID(), name)).kind, "held");
        await end(node);
        assertSame({ ...(await take(node, holder, name)) }, { kind: "ended" });
        assert.ok((await tokenOf(take(watcher, randomUUID(), name))) > token, "the token rises");
      }
    },
  ),
  processingTest("P11", "names are compared exactly", async ({ storage }) => {
    const node = await beginNode(storage, "node");
    for (const name of ["lock", "Lock", "lock ", "é", "e\u0301", "\u{1f600}".repeat(512), "'"]) {
      assert.equal((await take(node, randomUUID(), name)).kind, "taken");
    }
  }),
];
