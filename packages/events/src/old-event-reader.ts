import { isUnawaited, type JsonValue, type StoredEvent } from "@eventfold/types";
import { UpcastingFailedError } from "./errors/upcasting-failed-error.ts";
import type { PayloadPipeline } from "./payload-pipeline.ts";
import { hasProtectedMember } from "./protection/protected-fields.ts";
import { quoteOf } from "./protection/quotes.ts";

/** Reads events under a name that is no longer written, as today's. */
export class OldEventReader {
  readonly #read: (event: StoredEvent) => unknown;
  readonly #pipelines: ReadonlyMap<string, PayloadPipeline>;

  /** @throws `TypeError` for what is not a function. */
  constructor(name: string, read: unknown, pipelines: ReadonlyMap<string, PayloadPipeline>) {
    if (typeof read !== "function") {
      throw new TypeError(`What reads the old event ${JSON.stringify(name)} must be a function, got ${typeof read}.`);
    }
    this.#read = read as (event: StoredEvent) => unknown;
    this.#pipelines = pipelines;
  }

  /**
   * What an event is read as, in order.
   *
   * @param stored the event as it is stored, with its protected fields encrypted.
   * @throws `UpcastingFailedError` when the function throws, or returns what are no events of today.
   */
  read(event: StoredEvent, stored: StoredEvent): readonly StoredEvent[] {
    const mayQuote = hasProtectedMember(stored.payload);
    let read: unknown;
    try {
      read = this.#read(event);
    } catch (thrown) {
      const { text, cause } = quoteOf(thrown, mayQuote);
      throw failure(event, `threw: ${text}`, cause);
    }
    if (isUnawaited(read)) throw failure(event, "returned a promise; it has to be synchronous");
    if (!Array.isArray(read)) throw failure(event, "returned no array of events");
    const events = read.map((each: unknown) => this.#asRead(event, each, mayQuote));
    return events.length < 2 ? events : events.map((each, part) => ({ ...each, part }));
  }

  #asRead(event: StoredEvent, given: unknown, mayQuote: boolean): StoredEvent {
    const { name, payload } = (given ?? {}) as { readonly name?: unknown; readonly payload?: unknown };
    const pipeline = this.#pipelines.get(name as string);
    if (pipeline === undefined) {
      throw failure(
        event,
        `returned ${mayQuote ? "an event" : `the event ${JSON.stringify(name)}`}, which is not defined`,
      );
    }
    if (isUnawaited(payload)) throw failure(event, `returned ${JSON.stringify(name)} with a promise as its payload`);
    if (payload === undefined) throw failure(event, `returned ${JSON.stringify(name)} without a payload`);
    return { ...event, name: name as string, version: pipeline.version, payload: payload as JsonValue };
  }
}

function failure(event: StoredEvent, reason: string, cause?: unknown): UpcastingFailedError {
  return new UpcastingFailedError({ event, link: { from: event.version, to: undefined }, reason, cause });
}
