import type { SourceIdentifier, StoredEvent, StreamConstraint } from "@eventfold/store";
import { printSourceIdentifier } from "@eventfold/types";
import { isAdmitted } from "../../event-storage/rules/generated-constraints.ts";

/** The final log, by source and by id. */
export class StoredLog {
  readonly events: readonly StoredEvent[];
  readonly #byId: ReadonlyMap<string, StoredEvent>;
  readonly #bySource = new Map<string, StoredEvent[]>();

  constructor(events: readonly StoredEvent[]) {
    this.events = events;
    this.#byId = new Map(events.map((event) => [event.id, event]));
    for (const event of events) {
      const { category, stream } = event;
      this.#list({ kind: "category", category }).push(event);
      this.#list({ kind: "stream", category, stream }).push(event);
    }
  }

  byId(id: string): StoredEvent | undefined {
    return this.#byId.get(id);
  }

  /** The events of a source, by sequence number. */
  of(source: SourceIdentifier): readonly StoredEvent[] {
    return source.kind === "log" ? this.events : (this.#bySource.get(printSourceIdentifier(source)) ?? []);
  }

  /** The events of a source that a scan with these constraints shows. */
  matching(source: SourceIdentifier, constraints: readonly StreamConstraint[]): readonly StoredEvent[] {
    let events = this.of(source);
    for (const constraint of constraints) {
      if (constraint.kind === "sequence-number-after") {
        events = events.slice(indexAfter(events, constraint.sequenceNumber));
      } else events = events.filter((event) => isAdmitted(constraint, event));
    }
    return events;
  }

  #list(source: SourceIdentifier): StoredEvent[] {
    const key = printSourceIdentifier(source);
    const known = this.#bySource.get(key) ?? [];
    if (known.length === 0) this.#bySource.set(key, known);
    return known;
  }
}

/** The index of the first event after a sequence number, in a list ordered by it. */
export function indexAfter(events: readonly StoredEvent[], sequenceNumber: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.sequenceNumber ?? 0) <= sequenceNumber) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether an event is in a source. */
export function isIn(source: SourceIdentifier, { category, stream }: StoredEvent): boolean {
  if (source.kind === "log") return true;
  return source.category === category && (source.kind === "category" || source.stream === stream);
}
