import assert from "node:assert/strict";
import type { EventStorageAdapter, StorageInspection } from "@eventfold/store";
import type { StructureProgress, StructureStep } from "@eventfold/store/adapter";
import { collected } from "../observe/collected.ts";
import { heldTransaction } from "../observe/held-transaction.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { rejectionOf, rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import { FILLED_STREAM, filledLog } from "./filled-log.ts";
import { KEPT_VALUES } from "./json-values.ts";
import { ODD_TAGS } from "./odd-tags.ts";
import { writersOverManyStreams } from "./writers-over-many-streams.ts";

const SEVERITIES = ["danger", "warning", "notice", "sound"];

function inspectionOf({ inspection }: EventStorageAdapter): StorageInspection {
  assert.ok(inspection !== undefined, "the adapter has an inspection");
  return inspection;
}

/** Checks a log that is sound, and gives the number that the check came to. */
async function assertSound(adapter: EventStorageAdapter): Promise<number> {
  const steps = await collected(inspectionOf(adapter).structure());
  assertSame(
    steps.filter(({ kind }) => kind === "fault"),
    [],
    "the faults of a sound log",
  );
  return assertProgress(steps);
}

/** Progress rises, has one end, and comes to it with the last step. */
function assertProgress(steps: readonly StructureStep[]): number {
  const progress = steps.filter((step): step is StructureProgress => step.kind === "progress");
  const last = progress.at(-1);
  assert.ok(last !== undefined, "a check says how far it has come");
  assert.equal(steps.at(-1), last, "the last step of a check says that it has come to the end");
  assert.equal(last.checkedUpTo, last.upTo, "the number that the last step has come to");
  for (const [index, { checkedUpTo, upTo }] of progress.entries()) {
    assert.equal(upTo, last.upTo, "the end of a check stays where it is");
    assert.ok(checkedUpTo >= (progress[index - 1]?.checkedUpTo ?? 0), "progress goes ahead");
  }
  return last.upTo;
}

/** Rule 30: how people look at a storage. */
export const inspection: readonly StorageRuleTest[] = [
  ruleTest(
    30,
    "a sound log has no fault, whatever was published, and the check comes to its newest event",
    async ({ adapter, store, otherStore, random, sizes }) => {
      assert.equal(await assertSound(adapter), 0, "the end of the check of an empty log");
      await filledLog(store, random, sizes.manyEvents);
      const odd = KEPT_VALUES.map(([, value], n) => ({
        name: "kept",
        payload: value,
        ...(n % 3 === 0 ? { metadata: value } : {}),
        observedAt: new Date(n % 2 === 0 ? -62_135_596_800_000 : 253_402_300_799_999),
        tags: ODD_TAGS.slice(n, n + 3),
      }));
      await otherStore.stream(FILLED_STREAM).publish({ events: odd });
      const own = { category: "$own", stream: "s", events: [preparedEvent({ n: 1 })], allowed: undefined };
      const saved = await adapter.storage.save({ writes: [own] });
      assert.ok(saved.kind === "stored");
      const newest = saved.events[0]?.[0]?.sequenceNumber;
      assert.equal(await assertSound(adapter), newest, "the end of the check, in one of the library's own categories");
      const status = await inspectionOf(adapter).status();
      assert.equal(status.newestNumber, newest, "the newest number of the status");
    },
  ),
  withAmpleTime(
    ruleTest(30, "while many write, checks find no fault, and hold up nobody", async (stage) => {
      let done = false;
      const writing = writersOverManyStreams([stage.store, stage.otherStore], stage.sizes).finally(() => {
        done = true;
      });
      while (!done) await assertSound(stage.adapter);
      await writing;
      const newest = await assertSound(stage.adapter);
      assert.equal(newest, (await stage.store.log().latest())?.sequenceNumber, "the end of the check afterwards");
    }),
  ),
  needing(
    "transactions",
    ruleTest(
      30,
      "what a transaction has not committed is neither checked nor told, and is not waited for",
      async ({ adapter, store }) => {
        const [first] = await store.stream({ category: "c", stream: "a" }).publish({ events: someEvents(1) });
        for (const end of ["rollBack", "commit"] as const) {
          const held = await heldTransaction({ adapter, store }, { category: "c", stream: "b" });
          const looked = Promise.all([assertSound(adapter), inspectionOf(adapter).status()]);
          await looked.catch(() => {}); // the transaction ends whatever was seen, for the close waits for it
          await held[end]();
          const [upTo, { newestNumber }] = await looked;
          assert.equal(upTo, first?.sequenceNumber, "the end of the check meanwhile");
          assert.equal(newestNumber, first?.sequenceNumber, "the newest number meanwhile");
          const newest = end === "commit" ? held.event : first;
          assert.equal(await assertSound(adapter), newest?.sequenceNumber, "the end of the check afterwards");
        }
      },
    ),
  ),
  ruleTest(30, "the status says the order of the log and how far it has come", async ({ adapter, store }) => {
    for (let n = 0; n < 3; n += 1) {
      const [event] = await store.stream(FILLED_STREAM).publish({ events: someEvents(1, n) });
      const status = await inspectionOf(adapter).status();
      assert.equal(status.orderingGuarantee, adapter.orderingGuarantee);
      assert.equal(status.newestNumber, event?.sequenceNumber, "the newest number");
      assert.ok(
        status.lastNumber === undefined || status.lastNumber >= status.newestNumber,
        `the last number given is ${status.lastNumber}, below the newest, ${status.newestNumber}`,
      );
      assert.ok(status.engine.length > 0, "the engine is named");
      const bytes = status.sizes.map((size) => size.bytes);
      assertSame(
        bytes,
        bytes.toSorted((a, b) => b - a),
        "sizes, the largest first",
      );
      assert.ok(
        status.migrations.every(({ appliedAt }) => appliedAt !== undefined),
        "nothing of an open log is pending",
      );
    }
  }),
  ruleTest(30, "each finding of the diagnosis says what was seen, and the worst come first", async ({ adapter }) => {
    const findings = await inspectionOf(adapter).diagnose();
    assert.ok(findings.length > 0, "something is looked at");
    const ranks = findings.map(({ severity }) => SEVERITIES.indexOf(severity));
    assertSame(ranks, ranks.toSorted(), "severities, the worst first");
    for (const finding of findings) {
      const told = finding.severity === "sound" ? [] : [finding.why, finding.advice];
      for (const text of [finding.subject, finding.seen, ...told]) {
        assert.ok(typeof text === "string" && text !== "", `a text of the finding about ${finding.subject} is missing`);
      }
    }
  }),
  ruleTest(30, "an aborted check rejects with the reason of its signal", async ({ adapter, store }) => {
    await store.stream(FILLED_STREAM).publish({ events: someEvents(5) });
    const reason = new Error("aborted by the test");
    const aborted = inspectionOf(adapter).structure({ signal: AbortSignal.abort(reason) });
    assert.equal(await rejectionOf(collected(aborted)), reason);
  }),
  ruleTest(
    30,
    "after the close every call rejects, and so does a check that was under way",
    async ({ adapter, store }) => {
      await store.stream(FILLED_STREAM).publish({ events: someEvents(5) });
      const looking = inspectionOf(adapter);
      const steps = looking.structure()[Symbol.asyncIterator]();
      await steps.next();
      await adapter.close();
      const rest = async (): Promise<void> => {
        while (!(await steps.next()).done);
      };
      await rejectsWith(rest(), "ADAPTER_CLOSED");
      await rejectsWith(collected(looking.structure()), "ADAPTER_CLOSED");
      await rejectsWith(looking.status(), "ADAPTER_CLOSED");
      await rejectsWith(looking.diagnose(), "ADAPTER_CLOSED");
    },
  ),
].map((test) => needing("inspection", test));
