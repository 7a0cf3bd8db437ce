import {
  type EventStore,
  type EventTranslation,
  eventIdFrom,
  type GivenEntry,
  type NewEvent,
  type SourceTranslation,
  type Transaction,
} from "@eventfold/store";
import { jsonFormOf, type ValuePath } from "@eventfold/store/adapter";
import { streamIdentifier } from "@eventfold/types";

interface KeptStream {
  readonly category: string;
  readonly stream: string;
  readonly translation: SourceTranslation | undefined;
  readonly events: NewEvent[];
}

/** The events that one call of a handler publishes, kept back until it has returned. */
export class KeptEvents {
  readonly #subscription: string;
  readonly #stores = new Map<EventStore, KeptStreams>();
  /** How many events were published in consequence of each. */
  readonly #counts = new Map<string, number>();

  /** @param subscription its name. */
  constructor(subscription: string) {
    this.#subscription = subscription;
  }

  /**
   * Keeps copies of events. Payloads that definitions have yet to encode are not copied: they may be anything.
   *
   * @param cause the id of the event in consequence of which they are published.
   * @throws `TypeError`, `RangeError`, `InvalidNameError` or `InvalidEventError`; none of them is kept then.
   */
  keep(cause: string, store: EventStore, entries: readonly GivenEntry[]): void {
    const copies = copiesOf(entries);
    const streams = this.#stores.get(store) ?? new KeptStreams();
    this.#stores.set(store, streams);
    for (const { events, ...entry } of copies) {
      const kept = streams.of(entry);
      for (const event of events) kept.events.push({ ...event, id: event.id ?? this.#nextId(cause) });
    }
  }

  /** Stores them: those of one store all or none, in the transaction if there is one. */
  async publish(transaction?: object): Promise<void> {
    for (const [store, streams] of this.#stores) {
      const into = transaction === undefined ? store : store.within(eventTransaction(transaction));
      await into.publish(streams.all());
    }
  }

  /** Not one that `eventId` of the handler's context makes: events with those are the handler's own. */
  #nextId(cause: string): string {
    const n = this.#counts.get(cause) ?? 0;
    this.#counts.set(cause, n + 1);
    return eventIdFrom(this.#subscription, cause, "published", n);
  }
}

/** The events of each stream. One that is given both with and without definitions is refused by the store, which finds it twice. */
class KeptStreams {
  readonly #byDefinitions = new Map<EventTranslation | undefined, Map<string, KeptStream>>();

  /** What is kept of the stream of an entry. */
  of(entry: Omit<KeptStream, "events">): KeptStream {
    const definitions = entry.translation?.events;
    const streams = this.#byDefinitions.get(definitions) ?? new Map<string, KeptStream>();
    this.#byDefinitions.set(definitions, streams);
    const key = JSON.stringify([entry.category, entry.stream]);
    const kept = streams.get(key) ?? { ...entry, events: [] };
    streams.set(key, kept);
    return kept;
  }

  all(): readonly KeptStream[] {
    return [...this.#byDefinitions.values()].flatMap((streams) => [...streams.values()]);
  }
}

/** The caller may change what it has given before it is stored. */
function copiesOf(entries: readonly GivenEntry[]): readonly KeptStream[] {
  if (!Array.isArray(entries)) throw new TypeError("publish must be given an array of entries, one per stream.");
  if (entries.length === 0) throw new RangeError("A publish needs at least one entry.");
  return Array.from<GivenEntry, KeptStream>(entries, (entry, index) => {
    if (typeof entry !== "object" || entry === null) throw new TypeError(`Entry ${index} must be an object.`);
    if (entry.condition !== undefined) {
      throw new TypeError("publish takes no conditions: publish this in the transaction of the handler.");
    }
    const { category, stream } = streamIdentifier(entry);
    if (!Array.isArray(entry.events) || entry.events.length === 0)
      throw new RangeError(`Entry ${index} has no events.`);
    const { translation } = entry;
    const copied = translation === undefined ? jsonCopyOf : copyOf;
    return {
      category,
      stream,
      translation,
      events: Array.from(entry.events, (event, n) => copied(event, [index, "events", n])),
    };
  });
}

function copyOf(event: NewEvent): NewEvent {
  if (typeof event !== "object" || event === null) throw new TypeError("What is published must be events, as objects.");
  return { ...event };
}

function jsonCopyOf(event: NewEvent, path: ValuePath): NewEvent {
  const copy = copyOf(event);
  const { value: payload } = jsonFormOf(copy.payload, () => [...path, "payload"]);
  return { ...copy, payload };
}

function eventTransaction(transaction: object): Transaction {
  if (isEventTransaction(transaction)) return transaction;
  throw new TypeError(
    "Events can only be published in transactions of an event storage adapter: give the subscription that adapter.",
  );
}

function isEventTransaction(transaction: object): transaction is Transaction {
  return "storage" in transaction;
}
