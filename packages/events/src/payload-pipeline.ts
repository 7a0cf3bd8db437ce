import type { EventToEncode } from "@eventfold/store";
import { type JsonForm, jsonFormOf, printPath } from "@eventfold/store/adapter";
import {
  InvalidEventError,
  isUnawaited,
  type JsonValue,
  type StoredEvent,
  UnreadableEventError,
} from "@eventfold/types";
import { UnknownEventVersionError } from "./errors/unknown-event-version-error.ts";
import { UpcastingFailedError } from "./errors/upcasting-failed-error.ts";
import type { EventDefinition } from "./event-definition.ts";
import { CodecFault, type Converter, converterOf } from "./payload-converter.ts";
import type { FieldsToProtect } from "./payload-protection.ts";
import { isPromise, type PayloadPath, validatedPayload } from "./payload-validation.ts";
import { subjectOf } from "./protection/event-protection.ts";
import { holdsForgotten } from "./protection/forgotten.ts";
import { hasProtectedMember } from "./protection/protected-fields.ts";
import { quoteOf, withoutQuotes } from "./protection/quotes.ts";

/** A payload that is ready to be stored, or to be protected before that. */
export interface EncodedPayload {
  readonly version: number;
  readonly payload: JsonForm;
  /** As it is read, where that is not what the JSON parses to. */
  readonly read: { readonly payload: unknown } | undefined;
  readonly protect: FieldsToProtect | undefined;
  readonly path: PayloadPath;
}

/** Takes the payloads of one event to the store and back. */
export class PayloadPipeline {
  readonly version: number;
  readonly #definition: EventDefinition<unknown, unknown>;
  readonly #convert: Converter | undefined;

  /** @throws `TypeError` for codecs that are none. */
  constructor(definition: EventDefinition<unknown, unknown>) {
    this.version = definition.version;
    this.#definition = definition;
    this.#convert = converterOf(definition.codecs);
  }

  /**
   * Validates what is published, and encodes what the schema makes of it: at once, unless the schema is asynchronous.
   *
   * @throws or rejects with `InvalidEventError`.
   */
  encode(event: EventToEncode): EncodedPayload | Promise<EncodedPayload> {
    const { protection } = this.#definition;
    if (protection === undefined) return this.#encode(event);
    const refuse = (error: unknown): never => {
      throw withoutQuotes(error, protection.fields, event.at("payload"));
    };
    try {
      const encoded = this.#encode(event);
      return isPromise(encoded) ? encoded.catch(refuse) : encoded;
    } catch (error) {
      return refuse(error);
    }
  }

  #encode({ payload, version, at }: EventToEncode): EncodedPayload | Promise<EncodedPayload> {
    if (version !== undefined) this.#refuseNewer(version, at);
    const path: PayloadPath = () => at("payload");
    const output = validatedPayload(this.#definition.schema, payload, path);
    return isPromise(output) ? output.then((settled) => this.#encoded(settled, path)) : this.#encoded(output, path);
  }

  #encoded(output: unknown, path: PayloadPath): EncodedPayload {
    const convert = this.#convert;
    const { protection } = this.#definition;
    const protect = protection && { subject: subjectOf(protection, output, path), fields: protection.fields };
    const { version } = this;
    if (convert === undefined) {
      return { version, payload: jsonFormOf(output, path), read: undefined, protect, path };
    }
    const form = jsonFormOf(
      converted(() => convert(output, "encode"), { path, does: "cannot encode it" }),
      path,
    );
    const payload = converted(() => convert(form.value, "decode"), { path, does: "cannot decode what it encoded" });
    return { version, payload: form, read: { payload }, protect, path };
  }

  /** What is published has today's shape, or its schema refuses it; so an older version, as `newEvent` fills in, is not meant. */
  #refuseNewer(version: unknown, at: EventToEncode["at"]): void {
    if (Number.isInteger(version) && (version as number) >= 1 && (version as number) <= this.version) return;
    throw new InvalidEventError({
      path: printPath(at("version")),
      reason: `the version of what is published is ${this.version} by its definition, got ${String(version)}`,
    });
  }

  /**
   * A stored event as it is read today: itself, where nothing has to be done.
   *
   * @param stored the event as it is stored, with its protected fields encrypted.
   * @throws an error that says why it cannot be read.
   */
  decode(event: StoredEvent, stored: StoredEvent): StoredEvent {
    const { version } = event;
    if (version === this.version) {
      return this.#convert === undefined ? event : this.#decoded(event, stored, this.#convert);
    }
    if (version > this.version) throw new UnknownEventVersionError({ event, newestVersion: this.version });
    return { ...event, version: this.version, payload: this.#upcast(event, stored) };
  }

  #decoded(event: StoredEvent, stored: StoredEvent, convert: Converter): StoredEvent {
    try {
      return { ...event, payload: convert(event.payload, "decode") as JsonValue };
    } catch (error) {
      const { segments, cause: thrown } = CodecFault.within("payload", error);
      const { text, cause } = quoteOf(thrown, hasProtectedMember(stored.payload));
      const reason = `the codec of ${printPath(segments.reverse())} cannot decode it: ${text}`;
      throw new UnreadableEventError({ event, reason, cause });
    }
  }

  #upcast(event: StoredEvent, stored: StoredEvent): JsonValue {
    let payload: unknown = event.payload;
    for (let from = event.version; from < this.version; from++) {
      const link = { from, to: from + 1 };
      try {
        payload = this.#definition.upcasters[from - 1]?.(payload);
      } catch (thrown) {
        const { text, cause } = quoteOf(thrown, hasProtectedMember(stored.payload));
        throw new UpcastingFailedError({ event, link, reason: `threw: ${text}${hintOf(event)}`, cause });
      }
      if (payload === undefined) throw new UpcastingFailedError({ event, link, reason: "returned undefined" });
      if (isUnawaited(payload)) {
        throw new UpcastingFailedError({ event, link, reason: "returned a promise; upcasters are synchronous" });
      }
    }
    return payload as JsonValue;
  }
}

function converted<T>(convert: () => T, { path, does }: { readonly path: PayloadPath; readonly does: string }): T {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error;
    const { segments, message, cause } = error;
    const at = printPath([...path(), ...segments.reverse()]);
    throw new InvalidEventError({ path: at, reason: `its codec ${does}: ${message}`, cause });
  }
}

/** Upcasters are written when all fields can still be read, so that they first fail when a subject is forgotten. */
function hintOf({ payload }: StoredEvent): string {
  return holdsForgotten(payload)
    ? ". Fields of the event are forgotten: it has to expect Forgotten in their place"
    : "";
}
