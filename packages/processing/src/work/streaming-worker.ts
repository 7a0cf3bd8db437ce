import type { AnyEvents, StoredEvent } from "@eventfold/types";
import { backoffMs } from "../failure/backoff.ts";
import type { ProcessContext, StreamingHandler } from "../subscription/event-handler.ts";
import type { Entry } from "./backlog.ts";
import { derivedId } from "./derived-id.ts";
import type { LaneWork } from "./lane-work.ts";
import { tryEvent } from "./trying.ts";
import type { Worker } from "./worker.ts";

/** Lets a handler take its events by itself, and starts it again after what it has acknowledged when it ends. */
export function streamingWorker(handler: StreamingHandler<AnyEvents>): Worker {
  async function handleAlone(lane: LaneWork, events: readonly StoredEvent[]): Promise<void> {
    let isAcknowledged = false;
    const acknowledge = (event: StoredEvent) => {
      isAcknowledged ||= isDoneWith(events, event);
    };
    await handler.process(only(events), { ...contextOf(lane), acknowledge, commit: async () => {} });
    if (!isAcknowledged) throw new Error("The event was not acknowledged.");
  }

  return {
    async run(lane) {
      const first = lane.takeNext();
      if (first === undefined) return;
      if (first.events === undefined) return tryEvent(lane, first, (events) => handleAlone(lane, events));
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
  return { signal, partition, fencingToken, eventId: (event, n) => derivedId(subscription.name, event, n) };
}

async function* only(events: readonly StoredEvent[]): AsyncGenerator<StoredEvent, void, undefined> {
  yield* events;
}

/** Whether all parts of a stored event are done when an event is acknowledged. */
function isDoneWith(parts: readonly StoredEvent[], { sequenceNumber, part }: StoredEvent): boolean {
  const last = parts.at(-1);
  if (last === undefined || sequenceNumber !== last.sequenceNumber) return sequenceNumber > (last?.sequenceNumber ?? 0);
  return last.part === undefined || part === undefined || part >= last.part;
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
      if (entry.events === undefined) return;
      this.#open.push(entry);
      for (const event of entry.events) if (!this.#hasEnded) yield event;
    }
  }

  /** What is acknowledged from now on is too late: the events are given to the next run. */
  end(): void {
    this.#hasEnded = true;
  }

  #acknowledge(event: StoredEvent): void {
    if (this.#hasEnded) return;
    for (;;) {
      const first = this.#open[0];
      if (first?.events === undefined || !isDoneWith(first.events, event)) return;
      this.#open.shift();
      this.hasAcknowledged = true;
      this.#lane.finish(first);
    }
  }
}
