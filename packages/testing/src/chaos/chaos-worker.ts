import { setTimeout as wait } from "node:timers/promises";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { isEventfoldError, type JsonValue } from "@eventfold/types";
import { appendToFile } from "../history/history-file.ts";
import { recordHistory } from "../history/record-history.ts";
import type { RecordedStore } from "../history/recorded-store.ts";
import { seededRandom } from "../random/random.ts";
import { chaosWorkload } from "./chaos-workload.ts";

/** What a worker is given when it is started: one argument, as JSON. */
export interface ChaosAssignment {
  /** Its name in the history. */
  readonly name: string;
  readonly seed: number;
  /** Where it writes its history. */
  readonly historyFile: string;
  readonly callers: number;
  /** The `data` of `runChaos`: where the storage is. */
  readonly data: JsonValue;
}

/**
 * Does all that the script of a worker has to do: it opens an adapter, calls it through a recorded store, follows the log,
 * and writes its history, until `runChaos` tells it to end, or kills it.
 *
 * @throws the error that a call unexpectedly rejects with; the process then ends with an error, and `runChaos` rejects.
 *
 * @example
 * ```ts
 * // worker.ts
 * import { runChaosWorker } from "@eventfold/testing/chaos";
 *
 * await runChaosWorker(({ data }) => MyEventStorageAdapter.open({ directory: String(data) }));
 * ```
 */
export async function runChaosWorker(
  open: (assignment: ChaosAssignment) => Promise<EventStorageAdapter>,
): Promise<void> {
  const assignment = JSON.parse(process.argv.at(-1) ?? "") as ChaosAssignment;
  const ending = new AbortController();
  const stage = new Stage();
  // The first input is the sign to begin. The end of the input is the sign to end, and comes too when the parent process is gone.
  const begun = new Promise<unknown>((resolve) => process.stdin.on("data", resolve).on("close", resolve));
  process.stdin.on("close", () => ending.abort());
  ending.signal.addEventListener("abort", () => stage.reportIfItLasts());
  const adapter = await untilOpen(() => open(assignment), ending.signal);
  const { name, seed, historyFile, callers } = assignment;
  const onLine = appendToFile(historyFile);
  process.stdout.write("open\n");
  stage.is = "the sign to begin";
  await begun;
  const { store } = recordHistory(new EventStore({ adapter }), { process: name, onLine });
  const following = follow(store, ending.signal);
  stage.is = "its callers";
  await chaosWorkload(store, { random: seededRandom(seed), callers, signal: ending.signal });
  stage.is = "its follower";
  await following;
  stage.is = "the close of its adapter";
  await adapter.close();
  stage.is = "the end of its process";
}

/** How long after the sign to end a worker reports what it still waits for, in milliseconds. */
const REPORT_AFTER_MS = 30_000;

/** What a worker waits for, so that it can report why it does not end. */
class Stage {
  is = "the opening of its adapter";

  reportIfItLasts(): void {
    const report = () => {
      const open = process.getActiveResourcesInfo().join(", ");
      process.stderr.write(`${REPORT_AFTER_MS} ms after the sign to end it waits for ${this.is}; open are: ${open}\n`);
    };
    setTimeout(report, REPORT_AFTER_MS).unref();
  }
}

/** Opens an adapter, and tries again if the storage is out of reach just when a worker starts. */
async function untilOpen(open: () => Promise<EventStorageAdapter>, signal: AbortSignal): Promise<EventStorageAdapter> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isEventfoldError(error) || !error.isRetryable || signal.aborted) throw error;
      await wait(20);
    }
  }
}

async function follow(store: RecordedStore, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of store.log().follow({ signal }));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
