import type { AnyEvents, StoredEvent } from "@eventfold/types";
import { backoffMs } from "../failure/backoff.ts";
import type { ProcessContext, StreamingHandler } from "../subscription/event-handler.ts";
import { beginProcess, type EndProcess, traceProcess } from "../tracing/channels.ts";
import type { Entry } from "./backlog.ts";
import { derivedId } from "./derived-id.ts";
import type { LaneWork } from "./lane-work.ts";
import { tryEvent } from "./trying.ts";
import type { Worker } from "./worker.ts";

/** Lets a handler take its events by itself, and starts it again after what it has acknowledged when it ends. */
export function streamingWorker(handler: StreamingHandler<AnyEvents>): Worker {
  async function handleAlone(lane: LaneWork, events: readonly StoredEvent[], attempt: number): Promise<void> {
    let isAcknowledged = false;
    const acknowledge = (event: StoredEvent) => {
      isAcknowledged ||= isDoneWith(events, event);
    };
    await traceProcess(
      () => ({ ...lane.describe(), count: events.length, events, attempt }),
      async () => {
        await handler.process(only(events), { ...contextOf(lane), acknowledge, commit: async () => {} });
        if (!isAcknowledged) throw new Error("The event was not acknowledged.");
      },
    );
  }

  return {
    async run(lane) {
      const first = lane.takeNext();
      if (first === undefined) return;
      if (first.events === undefined)
        return tryEvent(lane, first, (events, attempt) => handleAlone(lane, events, attempt));
      const run = new StreamingRun(lane, first);
      let failure: { readonly error: unknown } | undefined;
      try {
        await handler.process(run.events(), run.context);
      } catch (error) {
        failure = { error };
      }
      const { error } = failure ?? { error: new Error("process() returned without acknowledging an event.") };
      run.end(error);
      const isFine = failure === undefined && run.hasAcknowledged;
      if (!lane.isHeld && !isFine) await afterFailure(lane, run, error);
    },
    handle: handleAlone,
  };
}

/** The first event that was taken and not acknowledged is the one that is tried in vain. */
async function afterFailure(lane: LaneWork, { firstOpen }: StreamingRun, error: unknown): Promise<void> {
  const { times, backoff } = lane.subscription.onFailure;
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

/** An event that was taken, and is not acknowledged. */
interface Taken {
  readonly entry: Entry;
  readonly endTrace: EndProcess;
}

/** One call of `process`: the events that it has taken, and how far it has acknowledged them. */
class StreamingRun {
  readonly context: ProcessContext<AnyEvents>;
  readonly #lane: LaneWork;
  readonly #open: Taken[] = [];
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
    return this.#open[0]?.entry;
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
      this.#open.push({ entry, endTrace: this.#beginTrace(entry, entry.events) });
      for (const event of entry.events) if (!this.#hasEnded) yield event;
    }
  }

  /**
   * What is acknowledged from now on is too late: the events are given to the next run.
   *
   * @param error why those that were taken are not done.
   */
  end(error: unknown): void {
    this.#hasEnded = true;
    for (const { endTrace } of this.#open) endTrace({ error });
  }

  #beginTrace({ failures }: Entry, events: readonly StoredEvent[]): EndProcess {
    return beginProcess(() => ({ ...this.#lane.describe(), count: events.length, events, attempt: failures + 1 }));
  }

  #acknowledge(event: StoredEvent): void {
    if (this.#hasEnded) return;
    for (;;) {
      const first = this.#open[0];
      if (first?.entry.events === undefined || !isDoneWith(first.entry.events, event)) return;
      this.#open.shift();
      this.hasAcknowledged = true;
      first.endTrace();
      this.#lane.finish(first.entry);
    }
  }
}
