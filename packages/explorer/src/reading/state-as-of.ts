import type { Projection } from "@eventfold/projections";
import {
  EventStore,
  type EventStream,
  observedUpTo,
  occurredUpTo,
  positionBefore,
  type StreamConstraint,
} from "@eventfold/store";
import type { EventStorageAdapter } from "@eventfold/store/adapter";
import { type StreamIdentifier, streamIdentifier } from "@eventfold/types";
import type { ExplorableProjector } from "../explorable-projector.ts";
import { type Difference, differenceOf } from "./difference.ts";
import { type EventText, readOneText, withCutTexts } from "./event-text.ts";
import { LISTED_TEXT_LENGTH } from "./event-page.ts";

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
  readonly event: EventText | null;
  /** As of a position: what the event there changed. */
  readonly difference: Difference | null;
}

/** Folds a stream from its start. The cost is that of reading it up to there. */
export async function foldStateAsOf(
  events: EventStorageAdapter,
  {
    projector,
    stream: { category, stream: name },
    asOf,
    signal,
  }: {
    readonly projector: ExplorableProjector;
    readonly stream: StreamIdentifier;
    readonly asOf: AsOf;
    readonly signal: AbortSignal;
  },
): Promise<StateAsOf> {
  const identifier = streamIdentifier({ category, stream: name });
  const stream = new EventStore({ adapter: events }).stream(identifier, { ...projector.reading });
  const fold = (options: FoldOptions) => foldWith(projector, stream, { ...options, signal });
  const cut = { direction: "backwards", maxTextLength: LISTED_TEXT_LENGTH, signal } as const;
  const newest = await readOneText(events.storage, identifier, cut);
  const latestPosition = newest?.position ?? null;
  if (asOf.kind !== "position") {
    const isOccurred = asOf.kind === "occurred";
    const constraints = [isOccurred ? occurredUpTo(asOf.timeMs) : observedUpTo(asOf.timeMs)];
    const projection = await fold({ constraints, ...(isOccurred && { order: "occurred" }) });
    return { ...described(projection, projector), latestPosition, event: null, difference: null };
  }
  const before = await fold({ constraints: [positionBefore(asOf.position)] });
  const from = before.lastSequenceNumber === 0 ? undefined : before;
  const after = await fold({ from, constraints: [positionBefore(asOf.position + 1)] });
  const event = await eventAt(after);
  const difference = differenceOf(plain(before.state), plain(after.state));
  return { ...described(after, projector), latestPosition, event, difference };

  /** The projection names the last event that it has read: it is the one at the position, unless the stream ends before. */
  async function eventAt({ lastPosition, lastSequenceNumber }: Projection): Promise<EventText | null> {
    if (lastPosition !== asOf.position) return null;
    const found = await readOneText(events.storage, identifier, { ...cut, before: lastSequenceNumber + 1 });
    return found === undefined ? null : withCutTexts(found, LISTED_TEXT_LENGTH);
  }
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
    state: text.slice(0, SHOWN_STATE_LENGTH),
    stateLength: text.length,
    isRemoved,
    position: lastPosition ?? null,
  };
}

/** A state as JSON gives it back, as it is shown: a state that is not stored may have dates and maps. */
function plain(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state) ?? "null");
}
