import {
  type AnySingleProjector,
  type StateDifference,
  type StatePlace,
  stateAt,
  stateSteps,
} from "@eventfold/operations";
import type { Projection } from "@eventfold/projections";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import type { StreamIdentifier } from "@eventfold/types";
import { cutText, readOneText } from "./event-texts.ts";

/** How many characters of a state are shown, */
const SHOWN_STATE_LENGTH = 100_000;

/** of each value that an event has changed, */
const SHOWN_VALUE_LENGTH = 500;

/** and how many of those. */
const MOST_CHANGES = 500;

/** An event may be read as several, each of which is folded: not as more than this. */
const MOST_PARTS = 100;

/** Up to where a stream is folded: including a position, or what was observed or had occurred up to and including a time. */
export type AsOf =
  | { readonly kind: "position"; readonly position: number }
  | { readonly kind: "observed" | "occurred"; readonly time: Date };

/** A place at which an event has changed a state. */
export interface Change {
  /** Names of members and indexes, from the outside in. */
  readonly path: readonly (string | number)[];
  /** What was there, as JSON, cut behind 500 characters; `null` when there was nothing. */
  readonly before: string | null;
  /** What is there, as JSON, cut behind 500 characters; `null` when there is nothing. */
  readonly after: string | null;
}

/** A stream, folded. */
export interface StateAsOf {
  readonly projector: string;
  readonly projectorVersion: number;
  readonly id: string;
  /** JSON, cut behind 100,000 characters. */
  readonly state: string;
  /** The length of the whole text, in characters. */
  readonly stateLength: number;
  readonly isRemoved: boolean;
  /** The position of the last event that was folded; `null` when there was none. */
  readonly position: number | null;
  /** The position of the newest event of the stream; `null` when it is empty. */
  readonly latestPosition: number | null;
  /** As of a position: the event there; `null` where the projector's definitions leave it out. */
  readonly event: { readonly sequenceNumber: number; readonly name: string; readonly observedAtMs: number } | null;
  /** As of a position: what the event there changed, at most 500 places. */
  readonly changes: readonly Change[] | null;
  /** Whether these are all. */
  readonly areAllChanges: boolean;
}

/** What is folded, and by what. */
export interface StateRequest {
  readonly projector: AnySingleProjector;
  readonly stream: StreamIdentifier;
  readonly asOf: AsOf;
  readonly signal: AbortSignal;
}

/** Folds a stream from its start. The cost is that of reading it up to there. */
export async function foldStateAsOf(events: EventStorageAdapter, request: StateRequest): Promise<StateAsOf> {
  const { projector, stream, asOf, signal } = request;
  const newest = await readOneText(events, stream, { direction: "backwards", maxTextLength: 1, signal });
  const folding = { store: new EventStore({ adapter: events }), projector, signal } as const;
  const foldUpTo = async (place: StatePlace): Promise<Folded> => {
    const [projection = projector.initial(stream as never, undefined as never)] = await stateAt({
      ...folding,
      source: stream,
      place,
    });
    return { projection };
  };
  const foldStep = () => stepAt(asOf.kind === "position" ? asOf.position : 0, { ...folding, stream, foldUpTo });
  const folded = asOf.kind === "position" ? await foldStep() : await foldUpTo(asOf);
  return described(folded, { projector, latestPosition: newest?.position ?? null });
}

interface Folded {
  readonly projection: Projection;
  readonly event?: StateAsOf["event"];
  readonly differences?: readonly StateDifference[];
}

interface StepOptions {
  readonly store: EventStore;
  readonly projector: AnySingleProjector;
  readonly stream: StreamIdentifier;
  readonly signal: AbortSignal;
  readonly foldUpTo: (place: StatePlace) => Promise<Folded>;
}

/** Folds the event at a position onto what came before it. */
async function stepAt(position: number, { foldUpTo, ...folding }: StepOptions): Promise<Folded> {
  let folded: Folded | undefined;
  for await (const { event, projection, differences } of stateSteps({
    ...folding,
    from: position,
    limit: MOST_PARTS,
  })) {
    if (event.position > position) {
      // The projector's definitions leave out what is at the position: it changes nothing.
      return folded ?? foldUpTo({ kind: "number", sequenceNumber: event.sequenceNumber - 1 });
    }
    const { sequenceNumber, name, observedAt } = event;
    const outline = { sequenceNumber, name, observedAtMs: observedAt.getTime() };
    folded = { projection, event: outline, differences: [...(folded?.differences ?? []), ...differences] };
  }
  return folded ?? foldUpTo({ kind: "newest" });
}

function described(
  { projection: { id, state, isRemoved = false, lastPosition }, event = null, differences }: Folded,
  {
    projector: { name, version },
    latestPosition,
  }: { readonly projector: AnySingleProjector; readonly latestPosition: number | null },
): StateAsOf {
  const text = JSON.stringify(state) ?? "null";
  return {
    projector: name,
    projectorVersion: version,
    id,
    state: cutText(text, SHOWN_STATE_LENGTH),
    stateLength: text.length,
    isRemoved,
    position: lastPosition ?? null,
    latestPosition,
    event,
    changes: differences?.slice(0, MOST_CHANGES).map(shownChange) ?? null,
    areAllChanges: differences === undefined || differences.length <= MOST_CHANGES,
  };
}

function shownChange(difference: StateDifference): Change {
  const shown = (value: unknown) => cutText(JSON.stringify(value) ?? "null", SHOWN_VALUE_LENGTH);
  return {
    path: difference.path,
    before: "before" in difference ? shown(difference.before) : null,
    after: "after" in difference ? shown(difference.after) : null,
  };
}
