import { type EventStore, eventIdFrom, type NewEvent, type Transaction } from "@eventfold/store";
import { jsonFormOf, type ValuePath } from "@eventfold/store/adapter";
import { streamIdentifier } from "@eventfold/types";
import type { EventsToPublish } from "../subscription/event-handler.ts";

interface KeptStream {
  readonly category: string;
  readonly stream: string;
  readonly events: NewEvent[];
}

/** The events that one call of a handler publishes, kept back until it has returned. */
export class KeptEvents {
  readonly #subscription: string;
  readonly #stores = new Map<EventStore, Map<string, KeptStream>>();
  /** How many events were published in consequence of each. */
  readonly #counts = new Map<string, number>();

  /** @param subscription its name. */
  constructor(subscription: string) {
    this.#subscription = subscription;
  }

  /**
   * Keeps a copy of events.
   *
   * @param cause the id of the event in consequence of which they are published.
   * @throws `TypeError`, `RangeError`, `InvalidNameError` or `InvalidEventError`; none of them is kept then.
   */
  keep<TEvents extends object>(cause: string, store: EventStore, entries: readonly EventsToPublish<TEvents>[]): void {
    const copies = copiesOf(entries);
    const streams = this.#stores.get(store) ?? new Map<string, KeptStream>();
    this.#stores.set(store, streams);
    for (const { category, stream, events } of copies) {
      const key = JSON.stringify([category, stream]);
      const kept = streams.get(key) ?? { category, stream, events: [] };
      streams.set(key, kept);
      for (const event of events) kept.events.push({ ...event, id: event.id ?? this.#nextId(cause) });
    }
  }

  /** Stores them: those of one store all or none, in the transaction if there is one. */
  async publish(transaction?: object): Promise<void> {
    for (const [store, streams] of this.#stores) {
      const into = transaction === undefined ? store : store.within(eventTransaction(transaction));
      await into.publish([...streams.values()]);
    }
  }

  /** Not one that `eventId` of the handler's context makes: events with those are the handler's own. */
  #nextId(cause: string): string {
    const n = this.#counts.get(cause) ?? 0;
    this.#counts.set(cause, n + 1);
    return eventIdFrom(this.#subscription, cause, "published", n);
  }
}

/** The caller may change what it has given before it is stored. */
function copiesOf<TEvents extends object>(entries: readonly EventsToPublish<TEvents>[]): readonly KeptStream[] {
  if (!Array.isArray(entries)) throw new TypeError("publish must be given an array of entries, one per stream.");
  if (entries.length === 0) throw new RangeError("A publish needs at least one entry.");
  return Array.from<EventsToPublish<TEvents>, KeptStream>(entries, (entry, index) => {
    if (typeof entry !== "object" || entry === null) throw new TypeError(`Entry ${index} must be an object.`);
    if ("condition" in entry) {
      throw new TypeError("publish takes no conditions: publish this in the transaction of the handler.");
    }
    const { category, stream } = streamIdentifier(entry);
    if (!Array.isArray(entry.events) || entry.events.length === 0)
      throw new RangeError(`Entry ${index} has no events.`);
    const events = Array.from<NewEvent<TEvents>, NewEvent>(entry.events, (event, n) =>
      copyOf(event, [index, "events", n]),
    );
    return { category, stream, events };
  });
}

function copyOf<TEvents extends object>(event: NewEvent<TEvents>, path: ValuePath): NewEvent {
  if (typeof event !== "object" || event === null) throw new TypeError("What is published must be events, as objects.");
  const { value: payload } = jsonFormOf(event.payload, () => [...path, "payload"]);
  return { ...event, payload };
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
