import type { DecodedEvents, EncodedEvent, EventToEncode, UnknownEventPolicy } from "@eventfold/store";
import { type JsonForm, printPath } from "@eventfold/store/adapter";
import { InvalidEventError, type NewEventOf, type StoredEvent } from "@eventfold/types";
import { UnknownEventError } from "./errors/unknown-event-error.ts";
import type { EventDefinition } from "./event-definition.ts";
import { type EventJsonSchemas, type JsonSchemaOptions, jsonSchemasOf } from "./event-json-schemas.ts";
import type { KeyStore } from "./keys/key-store.ts";
import { namedMembers } from "./named-members.ts";
import { OldEventReader } from "./old-event-reader.ts";
import type { EncodedPayload, PayloadPipeline } from "./payload-pipeline.ts";
import type { EventToProtect, PayloadProtection, RevealedEvents } from "./payload-protection.ts";
import { isPromise } from "./payload-validation.ts";
import { KeyProtection, refuseProtectedMember } from "./protection/key-protection.ts";
import { subjectTag } from "./protection/subject-tag.ts";

/** What definitions are made of. */
export interface DefinitionParts {
  readonly definitions: ReadonlyMap<string, EventDefinition<unknown, unknown>>;
  readonly pipelines: ReadonlyMap<string, PayloadPipeline>;
  readonly readers: ReadonlyMap<string, OldEventReader>;
  /** The step next to the store. */
  readonly protection: PayloadProtection;
}

/** Definitions without the types that the compiler has checked. */
export class DefinedEvents {
  readonly kind = "event-definitions";
  readonly #parts: DefinitionParts;

  constructor(parts: DefinitionParts) {
    this.#parts = parts;
  }

  /** What definitions were made of; `undefined` for what this copy of the package has not made. */
  static partsOf(definitions: unknown): DefinitionParts | undefined {
    return definitions instanceof DefinedEvents ? definitions.#parts : undefined;
  }

  get names(): readonly string[] {
    return [...this.#parts.pipelines.keys()];
  }

  create(name: string, payload: unknown): NewEventOf<string, unknown> {
    this.#pipelineOf({ name, at: (member = "") => [member] });
    return { name, payload };
  }

  jsonSchemas(options: JsonSchemaOptions = {}): readonly EventJsonSchemas[] {
    return Array.from(this.#parts.definitions, ([name, definition]) => jsonSchemasOf(name, definition, options));
  }

  reading(old: object): DefinedEvents {
    const { pipelines } = this.#parts;
    const readers = new Map(this.#parts.readers);
    for (const [name, reader] of namedMembers(old, "The readers of old events")) {
      if (pipelines.has(name))
        throw new TypeError(`The event ${JSON.stringify(name)} is defined already: it is not an old name.`);
      readers.set(name, new OldEventReader(name, reader, pipelines));
    }
    return new DefinedEvents({ ...this.#parts, readers });
  }

  withKeys(keyStore: KeyStore): DefinedEvents {
    if (typeof keyStore?.current !== "function") throw new TypeError("withKeys takes a KeyStore.");
    return new DefinedEvents({ ...this.#parts, protection: new KeyProtection(keyStore) });
  }

  isDefined({ name }: { readonly name: string }): boolean {
    return this.#parts.pipelines.has(name);
  }

  async read(events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const decoded = await this.decode(events, "fail");
    if (decoded.failure !== undefined) throw decoded.failure.error;
    return decoded.events;
  }

  storedNames(names: readonly string[], unknownEvents: UnknownEventPolicy): readonly string[] {
    const { pipelines, readers } = this.#parts;
    const unknown = names.find((name) => !pipelines.has(name));
    if (unknown !== undefined && unknownEvents !== "pass") {
      throw new TypeError(`No event is read as ${JSON.stringify(unknown)}: it is not defined.`);
    }
    return [...new Set([...names, ...readers.keys()])];
  }

  mayReadAsNone(unknownEvents: UnknownEventPolicy): boolean {
    return unknownEvents === "skip" || this.#parts.readers.size > 0;
  }

  encode(events: readonly EventToEncode[]): readonly EncodedEvent[] | Promise<readonly EncodedEvent[]> {
    const encoded = events.map((event) => this.#pipelineOf(event).encode(event));
    return encoded.some(isPromise)
      ? Promise.all(encoded).then((settled) => this.#protect(events, settled))
      : this.#protect(events, encoded as readonly EncodedPayload[]);
  }

  decode(events: readonly StoredEvent[], unknownEvents: UnknownEventPolicy): DecodedEvents | Promise<DecodedEvents> {
    const revealed = this.#parts.protection.reveal(events);
    if (revealed instanceof Promise) {
      return revealed.then((settled) => this.#decode({ stored: events, revealed: settled, unknownEvents }));
    }
    return this.#decode({ stored: events, revealed, unknownEvents });
  }

  #protect(
    events: readonly EventToEncode[],
    encoded: readonly EncodedPayload[],
  ): readonly EncodedEvent[] | Promise<readonly EncodedEvent[]> {
    for (const payload of encoded) refuseProtectedMember(payload);
    if (encoded.every(({ protect }) => protect === undefined)) return encoded;
    const { protection } = this.#parts;
    const stored = protection.protect(encoded.map((payload, index) => toProtect(events[index], payload)));
    return stored instanceof Promise ? stored.then((settled) => storedAs(encoded, settled)) : storedAs(encoded, stored);
  }

  #decode(page: Page): DecodedEvents {
    const { events, failure } = page.revealed;
    const read: StoredEvent[] = [];
    for (let index = 0; index < events.length; index++) {
      try {
        this.#readInto(read, index, page);
      } catch (error) {
        return { events: read, failure: { event: page.stored[index] as StoredEvent, error } };
      }
    }
    return { events: read, failure };
  }

  #readInto(read: StoredEvent[], index: number, { revealed, stored, unknownEvents }: Page): void {
    const { pipelines, readers } = this.#parts;
    const event = revealed.events[index] as StoredEvent;
    const pipeline = pipelines.get(event.name);
    if (pipeline !== undefined) read.push(pipeline.decode(event, stored[index] as StoredEvent));
    else if (readers.has(event.name)) {
      read.push(...(readers.get(event.name) as OldEventReader).read(event, stored[index] as StoredEvent));
    } else if (unknownEvents === "pass") read.push(event);
    else if (unknownEvents === "fail") throw new UnknownEventError({ event });
  }

  #pipelineOf({ name, at }: Pick<EventToEncode, "name" | "at">): PayloadPipeline {
    const pipeline = this.#parts.pipelines.get(name as string);
    if (pipeline !== undefined) return pipeline;
    throw new InvalidEventError({ path: printPath(at("name")), reason: this.#reasonAgainst(name) });
  }

  #reasonAgainst(name: unknown): string {
    const printed = JSON.stringify(name) ?? typeof name;
    if (this.#parts.readers.has(name as string)) return `${printed} is an old name: it is read, and no longer written`;
    return `${printed} is not defined; defined are ${this.names.map((each) => JSON.stringify(each)).join(", ")}`;
  }
}

/** A page of events: as they are stored, and with their protected fields decrypted, in the same order. */
interface Page {
  readonly stored: readonly StoredEvent[];
  readonly revealed: RevealedEvents;
  readonly unknownEvents: UnknownEventPolicy;
}

function toProtect(
  event: EventToEncode | undefined,
  { version, payload, protect, path }: EncodedPayload,
): EventToProtect {
  return { id: event?.id ?? "", name: String(event?.name), version, payload, protect, path };
}

/** A publisher gets back what it gave, however that is stored. */
function storedAs(encoded: readonly EncodedPayload[], stored: readonly JsonForm[]): readonly EncodedEvent[] {
  return encoded.map(({ version, payload: given, read, protect }, index) => {
    const payload = stored[index] ?? given;
    if (protect === undefined) return { version, payload, read };
    return { version, payload, read: read ?? { payload: given.value }, tags: [subjectTag(protect.subject)] };
  });
}
