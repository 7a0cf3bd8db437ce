import type { Projection } from "@eventfold/projections";
import {
  EventStore,
  type EventStream,
  observedUpTo,
  occurredUpTo,
  positionBefore,
  type StreamConstraint,
} from "@eventfold/store";
import type { EventStorageAdapter, StoredEventText } from "@eventfold/store/adapter";
import type { StreamIdentifier } from "@eventfold/types";
import type { ExplorableProjector } from "../explorable-projector.ts";
import { type Difference, differenceOf } from "./difference.ts";
import { LISTED_TEXT_LENGTH } from "./event-page.ts";
import { cutText, readOneText } from "./event-texts.ts";

/** How many characters of a state are shown. */
export const SHOWN_STATE_LENGTH = 100_000;

/** Up to where a stream is folded: including a position, or what was observed or had occurred up to and including a time. */
export type AsOf =
  | { readonly kind: "position"; readonly position: number }
  | { readonly kind: "observed" | "occurred"; readonly timeMs: number };

/** A stream, folded. */
export interface StateAsOf {
  readonly projector: string;
  readonly projectorVersion: number;
  readonly id: string;
  /** JSON, cut behind 100,000 characters. */
  readonly state: string;
  /** The length of the whole text. */
  readonly stateLength: number;
  readonly isRemoved: boolean;
  /** The position of the last event that was folded; `null` when there was none. */
  readonly position: number | null;
  /** The position of the newest event of the stream; `null` when it is empty. */
  readonly latestPosition: number | null;
  /** As of a position: the event there, with its texts cut behind 500 characters. */
  readonly event: StoredEventText | null;
  /** As of a position: what the event there changed. */
  readonly difference: Difference | null;
}

/** What is folded, and by what. */
export interface StateRequest {
  readonly projector: ExplorableProjector;
  readonly stream: StreamIdentifier;
  readonly asOf: AsOf;
  readonly signal: AbortSignal;
}

/** Folds a stream from its start. The cost is that of reading it up to there. */
export async function foldStateAsOf(events: EventStorageAdapter, request: StateRequest): Promise<StateAsOf> {
  const { projector, stream: names, asOf, signal } = request;
  const stream = new EventStore({ adapter: events }).stream(names, { ...projector.reading });
  const fold = (options: FoldOptions) => foldWith(projector, stream, { ...options, signal });
  const cut = { direction: "backwards", maxTextLength: LISTED_TEXT_LENGTH, signal } as const;
  const newest = await readOneText(events.storage, names, cut);
  const latestPosition = newest?.position ?? null;
  if (asOf.kind !== "position") {
    const projection = await fold(boundBy(asOf));
    return { ...described(projection, projector), latestPosition, event: null, difference: null };
  }
  const { position } = asOf;
  const before = await fold({ constraints: [positionBefore(position)] });
  const from = before.lastSequenceNumber === 0 ? undefined : before;
  const after = await fold({ from, constraints: [positionBefore(position + 1)] });
  // The last event that was folded is the one at the position, unless the stream ends before.
  const isThere = after.lastPosition === position;
  const event = isThere
    ? await readOneText(events.storage, names, { ...cut, before: after.lastSequenceNumber + 1 })
    : undefined;
  const difference = differenceOf(plain(before.state), plain(after.state));
  return { ...described(after, projector), latestPosition, event: event ?? null, difference };
}

function boundBy({ kind, timeMs }: Exclude<AsOf, { readonly kind: "position" }>): FoldOptions {
  const time = new Date(timeMs);
  if (kind === "observed") return { constraints: [observedUpTo(time)] };
  return { constraints: [occurredUpTo(time)], order: "occurred" };
}

interface FoldOptions {
  readonly constraints: readonly StreamConstraint[];
  readonly from?: Projection | undefined;
  readonly order?: "occurred" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The compiler has checked that a projector fits its events where it was made. Here nothing is known of either. */
function foldWith(projector: ExplorableProjector, stream: EventStream, options: FoldOptions): Promise<Projection> {
  if (projector.project === undefined) throw new TypeError(`The projector ${projector.name} folds no single streams.`);
  return projector.project(stream as never, options as never);
}

function described(
  { id, state, isRemoved = false, lastPosition }: Projection,
  { name, version }: ExplorableProjector,
): Omit<StateAsOf, "latestPosition" | "event" | "difference"> {
  const text = JSON.stringify(state) ?? "null";
  return {
    projector: name,
    projectorVersion: version,
    id,
    state: cutText(text, SHOWN_STATE_LENGTH),
    stateLength: text.length,
    isRemoved,
    position: lastPosition ?? null,
  };
}

/** A state as JSON gives it back, as it is shown: a state that is not stored may have dates and maps. */
function plain(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state) ?? "null");
}
