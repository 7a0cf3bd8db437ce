import { type Publish, streamKeyOf } from "./publish.ts";
import { WrittenEvents } from "./written-events.ts";

// While the server runs a statement, it holds the order locks and keeps the parameters in memory.
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_PUBLISHES = 1_024;
// The search ends after it has passed over so many publishes: in a queue on one contended stream it would find nothing.
const MAX_DEFERRED = 1_024;

/** What goes out next, and what goes on waiting, both in order of arrival. */
export interface FlushPlan {
  readonly flush: readonly Publish[];
  readonly rest: Publish[];
}

/** What {@link planFlush} has to observe. */
export interface FlushLimits {
  /** The flushes that are being written: a publish to a stream of theirs may not overtake them. */
  readonly inFlight: ReadonlySet<readonly Publish[]>;
  readonly maxPublishes: number;
}

/**
 * Takes from the waiting publishes those that may go into one statement, which has at most 4 MB, or one publish:
 *
 * - any number of publishes without a condition for each stream;
 * - a publish with a condition, or one that only checks, if no earlier one of the flush touches its streams;
 * - none for a stream for which an earlier one was passed over;
 * - each event id once;
 * - a publish with a condition on the events of the log if none of an earlier one, of the flush or in flight, matches it.
 *
 * One that is only judged stores nothing, so it is in nobody's way, and nobody in its.
 */
export function planFlush(waiting: readonly Publish[], limits: FlushLimits): FlushPlan {
  if (waiting.length === 1 && limits.inFlight.size === 0) return { flush: waiting, rest: [] };
  const room = new FlushRoom(limits);
  const deferred: Publish[] = [];
  let next = 0;
  for (; next < waiting.length && !room.isFull && deferred.length < MAX_DEFERRED; next += 1) {
    const publish = waiting[next] as Publish;
    if (!room.take(publish)) deferred.push(publish);
  }
  return { flush: room.taken, rest: deferred.concat(waiting.slice(next)) };
}

class FlushRoom {
  readonly taken: Publish[] = [];
  readonly #touched = new Set<string>();
  readonly #blocked = new Set<string>();
  readonly #ids = new Set<string>();
  readonly #inFlight: FlushLimits["inFlight"];
  readonly #maxPublishes: number;
  #bytes = 0;
  /** The events of what is taken or in flight; gathered only if there is a publish with a condition on events. */
  #written: WrittenEvents | undefined;

  constructor({ inFlight, maxPublishes }: FlushLimits) {
    this.#inFlight = inFlight;
    this.#maxPublishes = Math.min(maxPublishes, MAX_PUBLISHES);
    for (const flush of inFlight) for (const publish of flush) this.#block(publish);
  }

  get isFull(): boolean {
    return this.#bytes >= MAX_BYTES || this.taken.length >= this.#maxPublishes;
  }

  take(publish: Publish): boolean {
    const keys = publish.isOnlyJudged ? [] : publish.writes.map(streamKeyOf);
    if (
      !this.#fits(publish) ||
      !this.#isInOrder(publish, keys) ||
      this.#repeatsId(publish) ||
      this.#isMatched(publish)
    ) {
      for (const key of keys) this.#blocked.add(key);
      return false;
    }
    for (const key of keys) this.#touched.add(key);
    for (const write of publish.writes) for (const event of write.events) this.#ids.add(event.id);
    if (!publish.isOnlyJudged) this.#written?.add(publish);
    this.#bytes += publish.bytes;
    this.taken.push(publish);
    return true;
  }

  #block({ writes }: Publish): void {
    for (const write of writes) {
      this.#blocked.add(streamKeyOf(write));
      for (const event of write.events) this.#ids.add(event.id);
    }
  }

  #fits(publish: Publish): boolean {
    return this.taken.length === 0 || this.#bytes + publish.bytes <= MAX_BYTES;
  }

  #isInOrder(publish: Publish, keys: readonly string[]): boolean {
    return keys.every(
      (key, index) =>
        !this.#blocked.has(key) && (publish.writes[index]?.allowed === undefined || !this.#touched.has(key)),
    );
  }

  #isMatched({ failIf, isOnlyJudged }: Publish): boolean {
    if (failIf === undefined || isOnlyJudged) return false;
    this.#written ??= this.#gatherWritten();
    return this.#written.match(failIf.items);
  }

  #gatherWritten(): WrittenEvents {
    const written = new WrittenEvents();
    for (const flush of [...this.#inFlight, this.taken]) {
      for (const publish of flush) if (!publish.isOnlyJudged) written.add(publish);
    }
    return written;
  }

  #repeatsId(publish: Publish): boolean {
    return publish.writes.some((write) => write.events.some((event) => this.#ids.has(event.id)));
  }
}
