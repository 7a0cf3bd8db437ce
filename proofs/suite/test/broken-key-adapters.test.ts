import { MemoryKeyStorageAdapter } from "@eventfold/adapter-memory";
import type { KeyStorageAdapter } from "@eventfold/events";
import { type KeyStorageRule, keyStorageAdapterSuite } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { brokenKeyAdapters } from "../src/broken-keys/broken-key-adapters.ts";
import { changedKeyAdapter } from "../src/changed-key-adapter.ts";
import { hasCaught } from "../src/has-caught.ts";
import { type RecordedOutcome, RecordingRunner } from "../src/recording-runner.ts";

/** How the tests of a rule go for an adapter. */
function outcomesOf(
  wrap: (beneath: KeyStorageAdapter) => KeyStorageAdapter,
  rule: KeyStorageRule,
): Promise<RecordedOutcome[]> {
  const runner = new RecordingRunner();
  keyStorageAdapterSuite(runner, {
    name: "changed",
    capabilities: { durable: false, sharedStorage: false },
    canShare: false,
    create: async () => ({
      open: async () => wrap(await MemoryKeyStorageAdapter.open()),
      dispose: async () => {},
    }),
  });
  return runner.run((title) => title.startsWith(`${rule}:`));
}

describe("the key storage suite", () => {
  it.each(brokenKeyAdapters)("catches an adapter that breaks $rule: it $fault", async ({ rule, wrap }) => {
    const caught = (await outcomesOf(wrap, rule)).filter(hasCaught);
    expect(caught.map(({ title }) => title)).not.toEqual([]);
    for (const { title, message } of caught) expect(message).toContain(`Broken — ${title}\n`);
  });

  it("breaks every rule", () => {
    const rules = new Set(brokenKeyAdapters.map(({ rule }) => rule));
    expect([...rules].sort()).toEqual(Array.from({ length: 8 }, (_, n) => `K${n + 1}`));
  });

  it("lets an adapter pass that is wrapped and not broken", async () => {
    for (const rule of new Set(brokenKeyAdapters.map((broken) => broken.rule))) {
      const outcomes = await outcomesOf((beneath) => changedKeyAdapter(beneath, {}), rule);
      expect(outcomes.filter(({ kind }) => kind === "failed")).toEqual([]);
      expect(outcomes.filter(({ kind }) => kind === "passed")).not.toEqual([]);
    }
  });
});
