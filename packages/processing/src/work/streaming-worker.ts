import { eventIdFrom } from "@eventfold/store";
import type { AnyEvents, StoredEvent } from "@eventfold/types";
import { backoffMs } from "../failure/backoff.ts";
import type { ProcessContext, StreamingHandler } from "../subscription/event-handler.ts";
import type { Entry } from "./backlog.ts";
import type { LaneWork } from "./lane-work.ts";
import { tryEvent } from "./trying.ts";
import type { Worker } from "./worker.ts";

/** Lets a handler take its events by itself, and starts it again after what it has acknowledged when it ends. */
export function streamingWorker(handler: StreamingHandler<AnyEvents>): Worker {
  async function handleAlone(lane: LaneWork, event: StoredEvent): Promise<void> {
    let isAcknowledged = false;
    const acknowledge = ({ sequenceNumber }: StoredEvent) => {
      isAcknowledged ||= sequenceNumber >= event.sequenceNumber;
    };
    await handler.process(only(event), { ...contextOf(lane), acknowledge, commit: async () => {} });
    if (!isAcknowledged) throw new Error("The event was not acknowledged.");
  }

  return {
    async run(lane) {
      const first = lane.takeNext();
      if (first === undefined) return;
      if (first.event === undefined) return tryEvent(lane, first, (event) => handleAlone(lane, event));
      const run = new StreamingRun(lane, first);
      let failure: { readonly error: unknown } | undefined;
      try {
        await handler.process(run.events(), run.context);
      } catch (error) {
        failure = { error };
      }
      run.end();
      if (!lane.isHeld) await afterRun(lane, run, failure);
    },
    handle: handleAlone,
  };
}

/** The first event that was taken and not acknowledged is the one that is tried in vain. */
async function afterRun(
  lane: LaneWork,
  { firstOpen, hasAcknowledged }: StreamingRun,
  failure: { readonly error: unknown } | undefined,
): Promise<void> {
  const { times, backoff } = lane.subscription.onFailure;
  const error = failure?.error ?? new Error("process() returned without acknowledging an event.");
  if (failure === undefined && hasAcknowledged) return;
  if (firstOpen !== undefined) {
    firstOpen.failures += 1;
    if (firstOpen.failures > times) return lane.giveUp(firstOpen, error);
  }
  lane.noteFailure(firstOpen, error);
  await lane.rest(backoffMs(backoff, firstOpen?.failures ?? 1));
}

function contextOf(lane: LaneWork): Omit<ProcessContext<AnyEvents>, "acknowledge" | "commit"> {
  const { signal, partition, fencingToken, subscription } = lane;
  return { signal, partition, fencingToken, eventId: ({ id }, n) => eventIdFrom(subscription.name, id, n) };
}

async function* only(event: StoredEvent): AsyncGenerator<StoredEvent, void, undefined> {
  yield event;
}

/** One call of `process`: the events that it has taken, and how far it has acknowledged them. */
class StreamingRun {
  readonly context: ProcessContext<AnyEvents>;
  readonly #lane: LaneWork;
  readonly #open: Entry[] = [];
  #next: Entry | undefined;
  #hasEnded = false;
  hasAcknowledged = false;

  /** @param first what was taken already. */
  constructor(lane: LaneWork, first: Entry) {
    this.#lane = lane;
    this.#next = first;
    this.context = {
      ...contextOf(lane),
      acknowledge: (event) => this.#acknowledge(event),
      commit: () => lane.save(),
    };
  }

  get firstOpen(): Entry | undefined {
    return this.#open[0];
  }

  /** What comes, until the lane is held, or an event cannot be read: the next run begins with it. */
  async *events(): AsyncGenerator<StoredEvent, void, undefined> {
    while (!this.#hasEnded && !this.#lane.isHeld) {
      const entry = this.#next ?? this.#lane.takeNext();
      this.#next = undefined;
      if (entry === undefined) {
        await this.#lane.waitForWork();
        continue;
      }
      if (entry.event === undefined) return;
      this.#open.push(entry);
      yield entry.event;
    }
  }

  /** What is acknowledged from now on is too late: the events are given to the next run. */
  end(): void {
    this.#hasEnded = true;
  }

  #acknowledge({ sequenceNumber }: StoredEvent): void {
    if (this.#hasEnded) return;
    for (;;) {
      const first = this.#open[0];
      if (first === undefined || first.location.sequenceNumber > sequenceNumber) return;
      this.#open.shift();
      this.hasAcknowledged = true;
      this.#lane.finish(first);
    }
  }
}
