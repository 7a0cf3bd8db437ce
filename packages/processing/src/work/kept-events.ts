import {
  causedBy,
  type EventCause,
  type EventStore,
  type EventTranslation,
  eventIdFrom,
  type GivenEntry,
  type NewEvent,
  type SourceTranslation,
  type Transaction,
} from "@eventfold/store";
import { jsonFormOf, type ValuePath } from "@eventfold/store/adapter";
import { type JsonValue, streamIdentifier } from "@eventfold/types";

type KeptEvent = NewEvent & { readonly metadata: JsonValue };

interface KeptStream {
  readonly category: string;
  readonly stream: string;
  readonly translation: SourceTranslation | undefined;
  readonly events: KeptEvent[];
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
   * @param cause the event in consequence of which they are published: their metadata says so, unless it says otherwise.
   * @throws `TypeError`, `RangeError`, `InvalidNameError` or `InvalidEventError`; none of them is kept then.
   */
  keep(cause: EventCause, store: EventStore, entries: readonly GivenEntry[]): void {
    const copies = copiesOf(entries);
    const streams = this.#stores.get(store) ?? new KeptStreams();
    this.#stores.set(store, streams);
    for (const { events, ...entry } of copies) {
      const kept = streams.of(entry);
      for (const { metadata, ...event } of events) {
        const id = event.id ?? this.#nextId(cause.id);
        kept.events.push({ ...event, id, metadata: withCause(metadata, cause) });
      }
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

/** An event's own members win; metadata that has no members is left as it is. */
function withCause(metadata: JsonValue, cause: EventCause): JsonValue {
  if (metadata === null) return causedBy(cause);
  return typeof metadata === "object" && !Array.isArray(metadata) ? { ...causedBy(cause), ...metadata } : metadata;
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
    const events = Array.from(entry.events, (event, n) => copyOf(event, { translation, path: [index, "events", n] }));
    return { category, stream, translation, events };
  });
}

function copyOf(
  event: NewEvent,
  { translation, path }: Pick<KeptStream, "translation"> & { readonly path: ValuePath },
): KeptEvent {
  if (typeof event !== "object" || event === null) throw new TypeError("What is published must be events, as objects.");
  const { payload, metadata = null } = event;
  return {
    ...event,
    payload: translation === undefined ? jsonFormOf(payload, () => [...path, "payload"]).value : payload,
    metadata: jsonFormOf(metadata, () => [...path, "metadata"]).value,
  };
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
