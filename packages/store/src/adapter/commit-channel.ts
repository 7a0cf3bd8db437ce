import { AsyncResource } from "node:async_hooks";
import { tracingChannel } from "node:diagnostics_channel";

/** A publish that waits for a commit, or is in one. */
export interface QueuedPublish {
  /** How many events it stores; 0 where it only checks. */
  readonly events: number;
  /** Since when it has waited, in the milliseconds of `performance.now()`. */
  readonly sinceMs: number;
  /** Calls a function in the asynchronous context of the publish, as what is bound to the start of its channel has left it. */
  readonly within: <T>(call: () => T) => T;
}

/** A message of the tracing channel `eventfold:commit`: one attempt of an adapter to store publishes in one commit. */
export interface CommitMessage {
  /** What stores them, such as `"postgresql"` or `"sqlite"`: the name by which OpenTelemetry knows it. */
  readonly system: string;
  /**
   * In the order in which they came. Some adapters gather them while they write: then all are there only at the end. Those that came when
   * nobody listened are missing.
   */
  readonly publishes: readonly QueuedPublish[];
  /** From `error` on, where none of them was stored, or that is not known. */
  readonly error?: unknown;
}

const commits = tracingChannel<unknown, object>("eventfold:commit");

/** Takes note that a publish waits from now on; `undefined` when nobody listens. Without a subscriber it costs one check. */
export function queuedPublish(writes: readonly { readonly events: readonly unknown[] }[]): QueuedPublish | undefined {
  if (!commits.hasSubscribers) return undefined;
  const resource = new AsyncResource("EventfoldPublish");
  return {
    events: writes.reduce((sum, { events }) => sum + events.length, 0),
    sinceMs: performance.now(),
    within: (call) => resource.runInAsyncScope(call),
  };
}

/** What waits for a commit, with what was noted of it. */
interface WithQueued {
  readonly queued: QueuedPublish | undefined;
}

/** A class, since V8 makes a shape for each literal with a getter, and those live long: they doubled the cost of a publish. */
class Commit implements CommitMessage {
  readonly system: string;
  readonly #publishes: readonly WithQueued[];

  constructor(system: string, publishes: readonly WithQueued[]) {
    this.system = system;
    this.#publishes = publishes;
  }

  get publishes(): readonly QueuedPublish[] {
    return this.#publishes.flatMap(({ queued }) => queued ?? []);
  }
}

/**
 * Writes publishes in one commit within the tracing channel `eventfold:commit`. Without a subscriber it costs one check.
 *
 * @param publishes those in the commit; what is added to it while they are written counts too.
 */
export function traceCommit<T>(system: string, publishes: readonly WithQueued[], write: () => Promise<T>): Promise<T> {
  return commits.hasSubscribers ? commits.tracePromise(write, new Commit(system, publishes)) : write();
}
