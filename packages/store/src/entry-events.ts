import {
  type CommonMembers,
  copiesOf,
  type EventDraft,
  eventDrafts,
  type GivenEvents,
  prepareEncoded,
  prepareEvents,
} from "./event-preparation.ts";
import type { EncodedEvent, EventTranslation } from "./event-translation.ts";
import type { SourceTranslation } from "./source-translation.ts";
import type { PreparedEvent } from "./storage/prepared-event.ts";

/** The events of one entry of a publish, ready to be stored. */
export interface EntryEvents {
  readonly events: readonly PreparedEvent[];
  /** What they were encoded to; `undefined`: they are stored as they were given. */
  readonly encoded: readonly EncodedEvent[] | undefined;
}

export const NO_EVENTS: EntryEvents = { events: [], encoded: undefined };

/** The events that were given for one entry. */
interface GivenEntryEvents extends GivenEvents {
  readonly translation: SourceTranslation | undefined;
}

/**
 * Validates and prepares the events of a publish, per entry: at once, unless a translation has to wait for something.
 *
 * @throws or rejects with `InvalidEventError` and `InvalidNameError` for faults.
 */
export function prepareEventsOf(
  entries: readonly GivenEntryEvents[],
  common: CommonMembers,
): readonly EntryEvents[] | Promise<readonly EntryEvents[]> {
  if (entries.every(({ translation }) => translation === undefined)) {
    return entries.map((entry) => ({ events: prepareEvents(entry, common), encoded: undefined }));
  }
  const encoding = new Encoding(entries, common);
  const encoded = encoding.encode();
  if (!(encoded instanceof Promise)) return encoding.prepare(encoded);
  encoding.keepCopies();
  return encoded.then((settled) => encoding.prepare(settled));
}

/** What was encoded, by translation. */
type EncodedBy = ReadonlyMap<EventTranslation, readonly EncodedEvent[]>;

/** Where the events of an entry are among those of their translation. */
interface EncodedPart {
  readonly translation: EventTranslation;
  readonly from: number;
  readonly to: number;
}

/** The events of a publish of which at least some are encoded: those of one translation all together. */
class Encoding {
  readonly #common: CommonMembers;
  readonly #drafts = new Map<EventTranslation, EventDraft[]>();
  /** Of each entry. Those without a translation are prepared at once. */
  readonly #parts: readonly (EncodedPart | EntryEvents)[];

  constructor(entries: readonly GivenEntryEvents[], common: CommonMembers) {
    this.#common = common;
    this.#parts = entries.map((entry) =>
      entry.translation === undefined
        ? { events: prepareEvents(entry, common), encoded: undefined }
        : this.#add(entry.translation.events, eventDrafts(entry, common)),
    );
  }

  #add(translation: EventTranslation, drafts: EventDraft[]): EncodedPart {
    const before = this.#drafts.get(translation);
    const from = before?.length ?? 0;
    if (before === undefined) this.#drafts.set(translation, drafts);
    else before.push(...drafts);
    return { translation, from, to: from + drafts.length };
  }

  encode(): EncodedBy | Promise<EncodedBy> {
    const encoded = new Map<EventTranslation, readonly EncodedEvent[]>();
    const waiting: Promise<unknown>[] = [];
    for (const [translation, drafts] of this.#drafts) {
      const encoding = translation.encode(drafts);
      if (encoding instanceof Promise) waiting.push(encoding.then((settled) => encoded.set(translation, settled)));
      else encoded.set(translation, encoding);
    }
    return waiting.length === 0 ? encoded : Promise.all(waiting).then(() => encoded);
  }

  /** The caller may change its events while a translation waits. */
  keepCopies(): void {
    for (const [translation, drafts] of this.#drafts) this.#drafts.set(translation, copiesOf(drafts));
  }

  prepare(encoded: EncodedBy): readonly EntryEvents[] {
    return this.#parts.map((part) => {
      if (!("translation" in part)) return part;
      const { translation, from, to } = part;
      const own = (encoded.get(translation) ?? []).slice(from, to);
      const drafts = (this.#drafts.get(translation) ?? []).slice(from, to);
      return { events: prepareEncoded(drafts, own, this.#common), encoded: own };
    });
  }
}
