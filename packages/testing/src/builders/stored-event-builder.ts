import type { StoredEvent } from "@eventfold/store";
import type { JsonValue } from "@eventfold/types";

/**
 * Builds a stored event, as a scan would yield it, for tests of projectors and handlers that need no store. Every
 * `with…` returns a new builder.
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

  /** What happened. */
  withName(name: string): StoredEventBuilder {
    return this.#with({ name });
  }

  /** What JSON gave back. */
  withPayload(payload: JsonValue): StoredEventBuilder {
    return this.#with({ payload });
  }

  /** What JSON gave back; `null` for no metadata. */
  withMetadata(metadata: JsonValue): StoredEventBuilder {
    return this.#with({ metadata });
  }

  /** A canonical lower-case UUID. */
  withId(id: string): StoredEventBuilder {
    return this.#with({ id });
  }

  /** The version of the payload's shape, 1 or more. */
  withVersion(version: number): StoredEventBuilder {
    return this.#with({ version });
  }

  /** When we learned of it. */
  observedAt(observedAt: Date): StoredEventBuilder {
    return this.#with({ observedAt });
  }

  /** When it happened in the world. */
  occurredAt(occurredAt: Date): StoredEventBuilder {
    return this.#with({ occurredAt });
  }

  /** The stream that it is in. */
  inStream(names: { readonly category: string; readonly stream: string }): StoredEventBuilder {
    return this.#with({ category: names.category, stream: names.stream });
  }

  /** Its position in the stream; its sequence number is one more, unless {@link withSequenceNumber} says otherwise. */
  at(position: number): StoredEventBuilder {
    return this.#with({ position, sequenceNumber: position + 1 });
  }

  /** Its place in the log, 1 or more. */
  withSequenceNumber(sequenceNumber: number): StoredEventBuilder {
    return this.#with({ sequenceNumber });
  }

  /** What it concerns beyond its stream. */
  withTags(...tags: readonly string[]): StoredEventBuilder {
    return this.#with({ tags });
  }

  /** The event, with dates of its own. */
  build(): StoredEvent {
    const { observedAt, occurredAt } = this.#event;
    return { ...this.#event, observedAt: new Date(observedAt), occurredAt: new Date(occurredAt) };
  }

  /** The given number of consecutive events of a stream, from this position on, with different ids. */
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
    tags: [],
    category: "things",
    stream: "thing-1",
    position: 0,
    sequenceNumber: 1,
  });
}

function idOf(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}
