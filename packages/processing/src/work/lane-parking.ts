import type { Entry } from "./backlog.ts";
import { errorTextOf } from "./error-text.ts";
import type { HeldPartition } from "./held-partition.ts";
import { parkEvent } from "./park-event.ts";
import { ParkedStreams } from "./parked-streams.ts";

/** Parks events of a lane, and knows which of those that come are parked, or wait for one that is. */
export class LaneParking {
  readonly #held: HeldPartition;
  #parked = new ParkedStreams({ count: 0, marks: [] });

  constructor(held: HeldPartition) {
    this.#held = held;
  }

  /** How many events are parked. */
  get count(): number {
    return this.#parked.count;
  }

  /** Whether nothing more may be parked. */
  get isFull(): boolean {
    return this.count >= this.#held.host.subscription.parkAtMost;
  }

  /** Whether an event is parked, or waits for an earlier one of its stream. */
  covers(entry: Entry): boolean {
    return this.#parked.covers(entry);
  }

  /** Learns from the storage what is parked. */
  async load(): Promise<void> {
    const { host, lease } = this.#held;
    const [parked] = await this.#held.stored(() => host.storage.loadParked({ partitions: [lease] }));
    this.#parked = new ParkedStreams(parked ?? { count: 0, marks: [] });
  }

  /** Parks an event. Where the partition has another owner by now, its hold ends. */
  async park({ location, hash, failures: attempts }: Entry, failure: ParkedFailure): Promise<void> {
    const { id: eventId, sequenceNumber, category, stream } = location;
    const mark = { sequenceNumber, hash, category, stream, isWholeStream: failure.isWholeStream };
    const event = { ...mark, eventId, attempts, error: errorTextOf(failure.error) };
    const { kind } = await parkEvent(this.#held, event, { reason: failure.error });
    if (kind === "parked") this.#parked.add(mark);
    else this.#held.end();
  }
}

/** Why an event is parked, and whether what comes later of its stream waits too. */
export interface ParkedFailure {
  readonly error: unknown;
  readonly isWholeStream: boolean;
}
