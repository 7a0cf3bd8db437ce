import { type PublishOutcome, type RetryOptions, retryOnUnmetCondition } from "@eventfold/store";
import { isEventfoldError, type NewEvent, type StoredEvent } from "@eventfold/types";
import type { Execution } from "./execution.ts";

/** Stores what was decided for each stream, all or nothing, unless others have changed what it was decided on. */
export type PublishDecided = (decided: readonly (readonly NewEvent[])[]) => Promise<PublishedDecisions>;

/** The stored events of each stream, in the order of the decisions. */
export interface PublishedDecisions extends PublishOutcome {
  readonly events: readonly (readonly StoredEvent[])[];
}

/** Carries out commands, each on a stream of its own, in one publish. Then each execution has its outcome. */
export async function carryOut(
  executions: readonly Execution[],
  publish: PublishDecided,
  retry: RetryOptions,
): Promise<void> {
  await retryOnUnmetCondition(() => tryOnce(executions, publish, retry.signal), retry);
}

/**
 * Loads, then looks for events of the command, then decides. If it looked first, a rival could carry out the command before the
 * load, and it would be decided on a state in which it has taken place already.
 */
async function tryOnce(
  executions: readonly Execution[],
  publish: PublishDecided,
  signal: AbortSignal | undefined,
): Promise<void> {
  await loadAll(executions);
  if (isStored(executions)) {
    if (executions.length > 1) await loadAll(executions); // the first may have been read before the rival published
    return endAll(executions, (execution) => execution.endAsRepeat());
  }
  const decided = executions.map((execution) => execution.decide());
  if (decided.every((events) => events.length === 0)) return endAll(executions, (execution) => execution.end([]));
  signal?.throwIfAborted();
  try {
    const { events, isRepeat } = await publish(decided);
    if (!isRepeat) return endAll(executions, (execution, index) => execution.end(events[index] ?? []));
    await loadAll(executions);
    const published = isStored(executions) ? undefined : events;
    endAll(executions, (execution, index) => execution.endAsRepeat(published?.[index]));
  } catch (error) {
    if (!isEventfoldError(error, "DUPLICATE_EVENT_ID")) throw error;
    await loadAll(executions);
    if (!isStored(executions)) throw error;
    endAll(executions, (execution) => execution.endAsRepeat());
  }
}

async function loadAll(executions: readonly Execution[]): Promise<void> {
  const loads = executions.map((execution) => execution.load());
  await (loads.length === 1 ? loads[0] : Promise.all(loads));
}

/** Whether events of the command are stored. They were published together, so those of one stream tell of all. */
function isStored(executions: readonly Execution[]): boolean {
  return executions.some(({ stored }) => stored.length > 0);
}

function endAll(executions: readonly Execution[], end: (execution: Execution, index: number) => void): void {
  executions.forEach(end);
}
