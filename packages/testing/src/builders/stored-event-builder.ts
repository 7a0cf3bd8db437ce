import type { StoredEvent } from "@eventfold/store";
import type { JsonValue } from "@eventfold/types";

/**
 * Builds a stored event, as a scan would yield it, for tests of projectors and handlers that need no store. Every
 * `with…` returns another builder.
 *
 * @example
 * ```ts
 * const event = aStoredEvent().withName("invoice-paid").inStream({ category: "invoices", stream: "i-1" }).at(3).build();
 * ```
 */
export class StoredEventBuilder {
  readonly #event: StoredEvent;

  constructor(event: StoredEvent) {
    this.#event = event;
  }

  withName(name: string): StoredEventBuilder {
    return this.#with({ name });
  }

  withPayload(payload: JsonValue): StoredEventBuilder {
    return this.#with({ payload });
  }

  withMetadata(metadata: JsonValue): StoredEventBuilder {
    return this.#with({ metadata });
  }

  withId(id: string): StoredEventBuilder {
    return this.#with({ id });
  }

  withVersion(version: number): StoredEventBuilder {
    return this.#with({ version });
  }

  observedAt(observedAt: Date): StoredEventBuilder {
    return this.#with({ observedAt });
  }

  occurredAt(occurredAt: Date): StoredEventBuilder {
    return this.#with({ occurredAt });
  }

  inStream(names: { readonly category: string; readonly stream: string }): StoredEventBuilder {
    return this.#with({ category: names.category, stream: names.stream });
  }

  /** Its position in the stream; its sequence number is one more, unless {@link withSequenceNumber} says otherwise. */
  at(position: number): StoredEventBuilder {
    return this.#with({ position, sequenceNumber: position + 1 });
  }

  withSequenceNumber(sequenceNumber: number): StoredEventBuilder {
    return this.#with({ sequenceNumber });
  }

  /** The event, with dates of its own. */
  build(): StoredEvent {
    const { observedAt, occurredAt } = this.#event;
    return { ...this.#event, observedAt: new Date(observedAt), occurredAt: new Date(occurredAt) };
  }

  /** The first so many events of a stream: from this position on, told apart by their ids and numbers. */
  buildMany(count: number): StoredEvent[] {
    const { position, sequenceNumber } = this.#event;
    return Array.from({ length: count }, (_, n) =>
      this.#with({ id: idOf(sequenceNumber + n), position: position + n, sequenceNumber: sequenceNumber + n }).build(),
    );
  }

  #with(members: Partial<StoredEvent>): StoredEventBuilder {
    return new StoredEventBuilder({ ...this.#event, ...members });
  }
}

/** A builder of stored events: the first event of the stream `things/thing-1`, unless told otherwise. */
export function aStoredEvent(): StoredEventBuilder {
  const time = new Date("2026-01-01T00:00:00.000Z");
  return new StoredEventBuilder({
    id: idOf(1),
    name: "something-happened",
    payload: {},
    metadata: null,
    version: 1,
    observedAt: time,
    occurredAt: time,
    category: "things",
    stream: "thing-1",
    position: 0,
    sequenceNumber: 1,
  });
}

function idOf(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}
