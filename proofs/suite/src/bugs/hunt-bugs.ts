import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { seededRandom } from "@eventfold/testing";
import { chaosWorkload } from "@eventfold/testing/chaos";
import { checkHistory, recordHistory } from "@eventfold/testing/history";
import { eventStorageModelTest } from "@eventfold/testing/model";
import { type RecordedOutcome, RecordingRunner } from "../recording-runner.ts";
import { bugStorage } from "./bug-storage.ts";
import { plantBug } from "./plant-bug.ts";
import type { SourceBug } from "./source-bug.ts";
import { sourceBugs } from "./source-bugs.ts";

// A process of its own, whose adapters have one bug after another.
process.on("unhandledRejection", () => {});

for (const bug of sourceBugs) {
  plantBug(bug);
  const violations = await violationsInSomeHistory(bug);
  const outcomes = bug.needsLoad ? [] : await outcomesOfModelTest(bug);
  process.stdout.write(`${JSON.stringify({ fault: bug.fault, violations, outcomes })}\n`);
}
process.stdout.end(() => process.exit(0));

/** What the model tests say, up to the first that fails. */
async function outcomesOfModelTest({ adapter }: SourceBug): Promise<readonly RecordedOutcome[]> {
  const runner = new RecordingRunner();
  eventStorageModelTest(runner, { name: adapter, create: () => bugStorage(adapter), shrinkLimitMs: 1_000, seed: 1 });
  return runner.runUntil(({ kind }) => kind === "failed");
}

/** A race shows in one history and not in another. */
async function violationsInSomeHistory(bug: SourceBug): Promise<readonly string[]> {
  for (let round = 0; round < 80; round += 1) {
    const found = await violationsInHistory(bug, round);
    if (found.length > 0) return [`found in round ${round}`, ...found];
  }
  return [];
}

/** What the checker says of callers at once, on two adapters where the storage can be shared. */
async function violationsInHistory(
  { adapter, orderingGuarantee }: SourceBug,
  round: number,
): Promise<readonly string[]> {
  const storage = await bugStorage(adapter);
  const first = await storage.open({ orderingGuarantee });
  const adapters: EventStorageAdapter[] = [first];
  if (first.capabilities.sharedStorage) adapters.push(await storage.open({ orderingGuarantee }));
  const recordings = adapters.map((each, n) => recordHistory(new EventStore({ adapter: each }), { process: `p${n}` }));
  const work = recordings.map(({ store }, n) =>
    chaosWorkload(store, { random: seededRandom(8 * round + n), calls: 100 }),
  );
  // A caller that meets an error of a broken adapter ends; what it was told before counts all the same.
  await Promise.allSettled(work);
  await recordings[0]?.store.log().read();
  const history = recordings.flatMap((recording) => recording.history());
  const { violations } = checkHistory(history, { orderingGuarantee: first.orderingGuarantee });
  await Promise.all(adapters.map((each) => each.close()));
  await storage.dispose();
  return violations.map(({ message }) => message);
}
