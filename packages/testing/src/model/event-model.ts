import type {
  LogPublishEntry,
  PublishRefusal,
  SourceIdentifier,
  StoredEvent,
  StreamConstraint,
  WriteCondition,
} from "@eventfold/store";
import { type IdentifiedEvent, parseJson } from "@eventfold/types";
import { isAdmitted } from "../event-storage/rules/generated-constraints.ts";

/** An entry whose events have their ids and times. */
export interface ModelEntry extends LogPublishEntry {
  readonly events: readonly IdentifiedEvent[];
}

/** A stored event, but for its sequence number: which numbers are left out is the adapter's choice. */
export type UnnumberedEvent = Omit<StoredEvent, "sequenceNumber">;

/** The outcome that a publish must have. */
export type ModelVerdict =
  | { readonly kind: "stored"; readonly events: readonly (readonly UnnumberedEvent[])[] }
  | { readonly kind: "repeat"; readonly events: readonly (readonly StoredEvent[])[] }
  | { readonly kind: "duplicate"; readonly ids: readonly string[] }
  | { readonly kind: "unmet"; readonly unmet: readonly UnmetEntry[] }
  | { readonly kind: "matched"; readonly sequenceNumber: number };

/** An entry whose condition does not hold. */
export interface UnmetEntry {
  readonly category: string;
  readonly stream: string;
  readonly latestPosition: number | undefined;
}

/** How the model is read. */
export interface ModelRead {
  readonly constraints: readonly StreamConstraint[];
  readonly direction: "forwards" | "backwards";
  readonly limit: number | undefined;
}

/**
 * Event storage as a list of events: the contract's rules, written down without regard to speed. It shares no code with any
 * adapter.
 */
export class EventModel {
  readonly #log: StoredEvent[] = [];

  /** How a publish is judged; it changes nothing. */
  judge(entries: readonly ModelEntry[], failIf?: PublishRefusal): ModelVerdict {
    const ids = entries.flatMap(({ events }) => events.map(({ id }) => id));
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
    if (twice.length > 0) return { kind: "duplicate", ids: [...new Set(twice)] };
    if (this.#isRepeat(entries)) {
      return { kind: "repeat", events: entries.map(({ events }) => events.flatMap(({ id }) => this.byId(id) ?? [])) };
    }
    const taken = ids.filter((id) => this.byId(id) !== undefined);
    if (taken.length > 0) return { kind: "duplicate", ids: taken };
    const unmet = entries.flatMap((entry) => this.#unmet(entry));
    if (unmet.length > 0) return { kind: "unmet", unmet };
    const match = failIf && this.#match(failIf);
    if (match !== undefined) return { kind: "matched", sequenceNumber: match.sequenceNumber };
    return { kind: "stored", events: entries.map((entry) => this.#placed(entry)) };
  }

  /** Puts events at the end of the log. */
  append(events: readonly StoredEvent[]): void {
    this.#log.push(...events);
  }

  /** What a scan shows. */
  read(source: SourceIdentifier, { constraints, direction, limit }: ModelRead): readonly StoredEvent[] {
    const events = this.of(source).filter((event) => constraints.every((constraint) => isAdmitted(constraint, event)));
    return (direction === "forwards" ? events : events.toReversed()).slice(0, limit);
  }

  /** All events of a source. */
  of(source: SourceIdentifier): readonly StoredEvent[] {
    if (source.kind === "log") return this.#log;
    const ofCategory = this.#log.filter(({ category }) => category === source.category);
    return source.kind === "category" ? ofCategory : ofCategory.filter(({ stream }) => stream === source.stream);
  }

  byId(id: string): StoredEvent | undefined {
    return this.#log.find((event) => event.id === id);
  }

  #latest({ category, stream }: LogPublishEntry): StoredEvent | undefined {
    return this.of({ kind: "stream", category, stream }).at(-1);
  }

  #isRepeat(entries: readonly ModelEntry[]): boolean {
    const isStoredInOrder = ({ category, stream, events }: ModelEntry): boolean => {
      const stored = events.map(({ id }) => this.byId(id));
      return stored.every(
        (event, index) =>
          event?.category === category &&
          event.stream === stream &&
          event.position > (stored[index - 1]?.position ?? -1),
      );
    };
    return entries.some(({ events }) => events.length > 0) && entries.every(isStoredInOrder);
  }

  #unmet(entry: ModelEntry): UnmetEntry[] {
    const latest = this.#latest(entry);
    if (entry.condition === undefined || holds(entry.condition, latest)) return [];
    return [{ category: entry.category, stream: entry.stream, latestPosition: latest?.position }];
  }

  #match(failIf: PublishRefusal): StoredEvent | undefined {
    const [query, after] = failIf.kind === "events-match" ? [failIf, 0] : [failIf.query, failIf.after];
    return this.#log.find((event) => event.sequenceNumber > after && isAdmitted(query, event));
  }

  #placed(entry: ModelEntry): UnnumberedEvent[] {
    const { category, stream } = entry;
    const next = (this.#latest(entry)?.position ?? -1) + 1;
    return entry.events.map(({ id, name, payload, metadata, version, observedAt, occurredAt, tags = [] }, index) => ({
      id,
      name,
      payload: parseJson(JSON.stringify(payload)),
      metadata: parseJson(JSON.stringify(metadata ?? null)),
      version,
      observedAt,
      occurredAt,
      tags: [...new Set(tags)],
      category,
      stream,
      position: next + index,
    }));
  }
}

/** Whether a condition holds of a stream with this latest event, by rule 3. */
function holds(condition: WriteCondition, latest: StoredEvent | undefined): boolean {
  switch (condition.kind) {
    case "no-condition":
      return true;
    case "stream-is-empty":
      return latest === undefined;
    case "stream-exists":
      return latest !== undefined;
    case "position-is":
      return latest?.position === condition.position;
    case "all-of":
      return condition.conditions.every((each) => holds(each, latest));
    case "any-of":
      return condition.conditions.some((each) => holds(each, latest));
    case "not":
      return !holds(condition.condition, latest);
    case "predicate":
      return condition.test(latest);
  }
}
