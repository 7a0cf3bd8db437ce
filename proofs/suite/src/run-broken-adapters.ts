import { eventStorageAdapterSuite } from "@eventfold/testing";
import type { BrokenAdapter, BrokenStorage } from "./broken-adapter.ts";
import { brokenAdapters } from "./broken-adapters.ts";
import { hasCaught } from "./has-caught.ts";
import { memorySuiteOptions } from "./memory-storage.ts";
import { type RecordedOutcome, RecordingRunner } from "./recording-runner.ts";

// A process of its own: broken adapters leave promises behind that nobody looks after, and that must not end the others.
process.on("unhandledRejection", () => {});

const [part = 0, parts = 1] = process.argv.slice(2).map(Number);
for (const [index, broken] of brokenAdapters.entries()) {
  if (index % parts !== part) continue;
  const outcomes = await outcomesOf(broken);
  process.stdout.write(`${JSON.stringify({ rule: broken.rule, fault: broken.fault, outcomes })}\n`);
}
process.stdout.end(() => process.exit(0));

/** How the tests of the broken rule went: a run of that rule alone must catch it. */
async function outcomesOf(broken: BrokenAdapter | BrokenStorage): Promise<RecordedOutcome[]> {
  const runner = new RecordingRunner();
  const storage = "wrap" in broken ? memorySuiteOptions(broken.wrap) : { create: broken.create };
  // only what is waited for needs a short limit
  const timeLimitMs = broken.isWaitedFor && broken.says === undefined ? 2_500 : undefined;
  eventStorageAdapterSuite(runner, { name: broken.fault, ...storage, rules: [broken.rule], timeLimitMs });
  const citation = broken.rule === "transactions" ? "transactions:" : `rule ${broken.rule}:`;
  const isCited = (title: string): boolean => title.startsWith(citation);
  if (broken.says !== undefined) return runner.run(isCited);
  return broken.isWaitedFor ? runner.runAtOnce(isCited) : runner.runUntil(hasCaught, isCited);
}
