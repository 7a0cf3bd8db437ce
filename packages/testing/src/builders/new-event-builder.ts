import type { NewEvent } from "@eventfold/store";

/**
 * Builds a new event for a test that cares only about parts of it. Every `with…` returns a new builder, so a builder can be
 * kept and varied.
 *
 * @example
 * ```ts
 * const paid = aNewEvent().withName("invoice-paid").withPayload({ amount: 5 });
 * await stream.publish({ events: [paid.build(), paid.withPayload({ amount: 7 }).build()] });
 * ```
 */
export class NewEventBuilder {
  readonly #event: NewEvent;

  constructor(event: NewEvent) {
    this.#event = event;
  }

  /** What happened. */
  withName(name: string): NewEventBuilder {
    return new NewEventBuilder({ ...this.#event, name });
  }

  /** Any value; it is checked when the event is published. */
  withPayload(payload: unknown): NewEventBuilder {
    return new NewEventBuilder({ ...this.#event, payload });
  }

  /** Any value; it is checked when the event is published. */
  withMetadata(metadata: unknown): NewEventBuilder {
    return new NewEventBuilder({ ...this.#event, metadata });
  }

  /** A canonical lower-case UUID. Without one, the store makes it. */
  withId(id: string): NewEventBuilder {
    return new NewEventBuilder({ ...this.#event, id });
  }

  /** The version of the payload's shape. */
  withVersion(version: number): NewEventBuilder {
    return new NewEventBuilder({ ...this.#event, version });
  }

  /** When we learned of it. Default: the time of the store's clock. */
  observedAt(observedAt: Date): NewEventBuilder {
    return new NewEventBuilder({ ...this.#event, observedAt });
  }

  /** When it happened in the world. */
  occurredAt(occurredAt: Date): NewEventBuilder {
    return new NewEventBuilder({ ...this.#event, occurredAt });
  }

  /** What it concerns beyond its stream. */
  withTags(...tags: readonly string[]): NewEventBuilder {
    return new NewEventBuilder({ ...this.#event, tags });
  }

  /** The event: a new plain object that shares nothing but the given payload and metadata. */
  build(): NewEvent {
    return { ...this.#event };
  }

  /** The given number of such events, without ids. Their payloads are `{ n }`, which counts from 0. */
  buildMany(count: number): NewEvent[] {
    const { id: _, ...event } = this.#event;
    return Array.from({ length: count }, (_item, n) => ({ ...event, payload: { n } }));
  }
}

/** A builder of new events: `something-happened` with an empty payload, unless told otherwise. */
export function aNewEvent(): NewEventBuilder {
  return new NewEventBuilder({ name: "something-happened", payload: {} });
}
