import {
  type AnyEvents,
  type BoundaryChanged,
  type EventQuery,
  type EventQueryItem,
  type EventStore,
  eventIdFrom,
  eventsMatch,
  type PublishRefusal,
  type SourceIdentifier,
  type StoredEvent,
  type StreamConstraint,
  type StreamScanOptions,
  unchangedSince,
} from "@eventfold/store";
import type { IdentifiedEvent } from "@eventfold/types";
import type { RecordedStore } from "../history/recorded-store.ts";
import type { ModelEntry } from "./event-model.ts";
import type {
  ConstraintPlan,
  EntryPlan,
  EventPlan,
  FailIfPlan,
  PublishCommand,
  QueryItemPlan,
  SourcePlan,
  StreamPlan,
} from "./program.ts";

/** A publish as it was made, so that it can be repeated. */
export interface MadePublish {
  readonly through: PublishCommand["through"];
  readonly entries: readonly ModelEntry[];
  readonly failIf: PublishRefusal | undefined;
}

/** Returns the latest event of a stream, for conditions that depend on it. */
export type LatestOf = (stream: {
  readonly category: string;
  readonly stream: string;
}) => StoredEvent | undefined | Promise<StoredEvent | undefined>;

/** Turns the plans of one program into requests. Programs on the same storage differ in their names and ids. */
export class ProgramWorld {
  readonly #program: string;
  #fresh = 0;
  /** The publishes made so far. */
  readonly made: MadePublish[] = [];
  /** What the boundaries that were read may have changed by. */
  readonly boundaries: BoundaryChanged[] = [];

  constructor(program: string) {
    this.#program = program;
  }

  category(number: number): string {
    return `${this.#program}-${number}`;
  }

  stream(plan: StreamPlan): { readonly category: string; readonly stream: string } {
    return { category: this.category(plan.category), stream: `s${plan.stream}` };
  }

  source(plan: SourcePlan): SourceIdentifier {
    switch (plan.kind) {
      case "log":
        return plan;
      case "category":
        return { kind: "category", category: this.category(plan.category) };
      case "stream":
        return { kind: "stream", ...this.stream(plan) };
    }
  }

  /** One of the few ids that are used several times. */
  id(number: number): string {
    return eventIdFrom(this.#program, number);
  }

  /** The request of a publish, which is also noted for the commands that repeat it. */
  async publish({ through, entries: plans, failIf }: PublishCommand, latestOf: LatestOf): Promise<MadePublish> {
    const entries: ModelEntry[] = [];
    for (const plan of plans) entries.push(await this.#entry(plan, latestOf));
    const made = { through, entries, failIf: failIf && this.#refusal(failIf) };
    this.made.push(made);
    return made;
  }

  /** The constraints that fit the source, with bounds next to the numbers of known events. */
  constraints(
    plans: readonly ConstraintPlan[],
    { source, known }: { readonly source: SourcePlan; readonly known: readonly StoredEvent[] },
  ): StreamConstraint[] {
    const fitting = plans.filter(({ kind }) => source.kind === "stream" || !kind.startsWith("position"));
    return fitting.map((plan): StreamConstraint => {
      if (plan.kind === "events-match") return this.query(plan.items);
      if (!("of" in plan)) return plan;
      const event = known.at(plan.of % Math.max(1, known.length));
      return { kind: plan.kind, sequenceNumber: Math.max(0, (event?.sequenceNumber ?? 0) + plan.shift) };
    });
  }

  query([first, ...rest]: readonly QueryItemPlan[]): EventQuery {
    return eventsMatch(this.#item(first ?? {}), ...rest.map((item) => this.#item(item)));
  }

  #item({ names, tags }: QueryItemPlan): EventQueryItem {
    return { names, tags: tags?.map((tag) => this.#tag(tag)) };
  }

  /** Tags are of one program, so that what others on the same storage have published does not match. */
  #tag(number: number): string {
    return `${this.#program}:${number}`;
  }

  #refusal(plan: FailIfPlan): PublishRefusal | undefined {
    if (plan.kind === "ever-matched") return this.query(plan.items);
    return this.boundaries[plan.boundary % Math.max(1, this.boundaries.length)];
  }

  async #entry({ events, condition, ...plan }: EntryPlan, latestOf: LatestOf): Promise<ModelEntry> {
    const names = this.stream(plan);
    const prepared = { ...names, events: events.map((event) => this.#event(event)) };
    if (condition === undefined) return prepared;
    if (condition.kind !== "unchanged") return { ...prepared, condition };
    return { ...prepared, condition: unchangedSince(await latestOf(names)) };
  }

  #event({ id, name, payload, metadata, version = 1, observedAtMs, occurredAtMs, tags }: EventPlan): IdentifiedEvent {
    this.#fresh += 1;
    return {
      id: id === undefined ? eventIdFrom(this.#program, "fresh", this.#fresh) : this.id(id),
      name,
      payload,
      ...(metadata !== undefined && { metadata }),
      version,
      observedAt: new Date(observedAtMs),
      occurredAt: new Date(occurredAtMs ?? observedAtMs),
      ...(tags.length > 0 && { tags: tags.map((tag) => this.#tag(tag)) }),
    };
  }
}

/** Makes a publish through the stream, the category or the store. */
export async function madeThrough(
  store: Pick<EventStore | RecordedStore, "publish" | "stream" | "category">,
  { through, entries, failIf }: MadePublish,
): Promise<{ readonly events: readonly (readonly StoredEvent[])[]; readonly isRepeat: boolean }> {
  const [first] = entries;
  if (through === "stream" && first !== undefined) {
    const { events = [], condition } = first;
    const stored = await store.stream(first).publish({ events, condition, failIf });
    return { events: [stored], isRepeat: stored.isRepeat };
  }
  const stored =
    through === "category"
      ? await store.category(first?.category ?? "").publish({ streams: entries, failIf })
      : await store.publish(entries, { failIf });
  return { events: stored, isRepeat: stored.isRepeat };
}

/** The reads of every source of a store, recorded or not. */
interface ReadableSource {
  read(options?: StreamScanOptions<AnyEvents>): Promise<StoredEvent[]>;
  scan(options?: StreamScanOptions<AnyEvents>): AsyncIterable<StoredEvent>;
  latest(): Promise<StoredEvent | undefined>;
}

interface ReadableStore {
  stream(names: { readonly category: string; readonly stream: string }): ReadableSource;
  category(category: string): ReadableSource;
  log(): ReadableSource;
}

/** The source with this identifier in a store. */
export function sourceOf(store: ReadableStore, source: SourceIdentifier): ReadableSource {
  switch (source.kind) {
    case "log":
      return store.log();
    case "category":
      return store.category(source.category);
    case "stream":
      return store.stream(source);
  }
}
