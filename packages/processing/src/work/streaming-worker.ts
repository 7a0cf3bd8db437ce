import { eventIdFrom } from "@eventfold/store";
import type { AnyEvents, StoredEvent } from "@eventfold/types";
import { backoffMs } from "../failure/backoff.ts";
import type { ProcessContext, StreamingHandler } from "../subscription/event-handler.ts";
import type { Entry } from "./backlog.ts";
import type { LaneWork } from "./lane-work.ts";
import type { Worker } from "./worker.ts";

/** Lets a handler take its events by itself, and starts it again after what it has acknowledged when it ends. */
export function streamingWorker(handler: StreamingHandler<AnyEvents>): Worker {
  return {
    async run(lane) {
      const run = new StreamingRun(lane);
      let failure: { readonly error: unknown } | undefined;
      try {
        await handler.process(run.events(), run.context);
      } catch (error) {
        failure = { error };
      }
      run.end();
      if (!lane.isHeld) await afterRun(lane, run, failure);
    },
    async handle(lane, entry) {
      const run = new StreamingRun(lane);
      await handler.process(run.only(entry), { ...run.context, commit: async () => {} });
      if (!run.hasAcknowledged) throw new Error("The event was not acknowledged.");
    },
  };
}

/** The first event that was taken and not acknowledged is the one that is tried in vain. */
async function afterRun(
  lane: LaneWork,
  { firstOpen, hasAcknowledged }: StreamingRun,
  failure: { readonly error: unknown } | undefined,
): Promise<void> {
  const { times, backoff } = lane.subscription.onFailure;
  const error = failure?.error ?? new Error("process() has returned without acknowledging an event.");
  if (failure === undefined && hasAcknowledged) return;
  if (firstOpen !== undefined) {
    firstOpen.failures += 1;
    if (firstOpen.failures > times) return lane.giveUp(firstOpen, error);
  }
  lane.noteFailure(firstOpen, error);
  await lane.rest(backoffMs(backoff, firstOpen?.failures ?? 1));
}

/** One call of `process`: the events that it has taken, and how far it has acknowledged them. */
class StreamingRun {
  readonly context: ProcessContext<AnyEvents>;
  readonly #lane: LaneWork;
  readonly #open: Entry[] = [];
  #hasEnded = false;
  hasAcknowledged = false;

  constructor(lane: LaneWork) {
    this.#lane = lane;
    this.context = {
      signal: lane.signal,
      partition: lane.partition,
      fencingToken: lane.fencingToken,
      acknowledge: (event) => this.#acknowledge(event),
      commit: () => lane.save(),
      eventId: ({ id }, n) => eventIdFrom(lane.subscription.name, id, n),
    };
  }

  get firstOpen(): Entry | undefined {
    return this.#open[0];
  }

  /** What comes, until the lane is held. */
  async *events(): AsyncGenerator<StoredEvent, void, undefined> {
    while (!this.#hasEnded && !this.#lane.isHeld) {
      const entry = this.#lane.takeNext();
      if (entry === undefined) {
        await this.#lane.waitForWork();
        continue;
      }
      this.#open.push(entry);
      yield entry.event;
    }
  }

  /** One event. */
  async *only(entry: Entry): AsyncGenerator<StoredEvent, void, undefined> {
    this.#open.push(entry);
    yield entry.event;
  }

  /** What is acknowledged from now on is too late: the events are given to the next run. */
  end(): void {
    this.#hasEnded = true;
  }

  #acknowledge({ sequenceNumber }: StoredEvent): void {
    if (this.#hasEnded) return;
    for (;;) {
      const first = this.#open[0];
      if (first === undefined || first.event.sequenceNumber > sequenceNumber) return;
      this.#open.shift();
      this.hasAcknowledged = true;
      this.#lane.finish(first);
    }
  }
}
