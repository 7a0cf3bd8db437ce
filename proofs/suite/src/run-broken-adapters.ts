import { eventStorageAdapterSuite } from "@eventfold/testing";
import type { BrokenAdapter, BrokenRule, BrokenStorage } from "./broken-adapter.ts";
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
  const timeLimitMs = timeLimitFor(broken);
  eventStorageAdapterSuite(runner, { name: broken.fault, ...storage, rules: [broken.rule], timeLimitMs });
  const citation = broken.rule === "transactions" ? "transactions:" : `rule ${broken.rule}:`;
  const isCited = (title: string): boolean => title.startsWith(citation);
  if (broken.says !== undefined) return runner.run(isCited);
  return broken.isWaitedFor ? runner.runAtOnce(isCited) : runner.runUntil(hasCaught, isCited);
}

/** What is waited for needs a short limit, and what is caught at once must not need one. */
function timeLimitFor({ says, isWaitedFor = false }: BrokenRule): number | undefined {
  if (says !== undefined) return undefined;
  return isWaitedFor ? 2_500 : 10_000;
}
