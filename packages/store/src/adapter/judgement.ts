import { EMPTY_STREAM_POSITION, isAllowed } from "../storage/allowed-positions.ts";
import type { StreamWrite, UnmetWrite } from "../storage/event-storage.ts";

/** Where an event with some id is stored. */
export interface StoredPlace {
  readonly category: string;
  readonly stream: string;
  readonly position: number;
}

/**
 * What the ids of a publish say about it.
 *
 * - `repeat`: every event is stored, each in the stream of its write, at rising positions in the given order. Says
 *   where, per write.
 * - `duplicate`: some are stored, but it is not a repeat. Gives the stored ids, in request order.
 */
export type IdJudgement<TPlace extends StoredPlace> =
  | { readonly kind: "repeat"; readonly stored: readonly (readonly TPlace[])[] }
  | { readonly kind: "duplicate"; readonly ids: readonly string[] };

const NOTHING_UNMET: readonly UnmetWrite[] = Object.freeze([]);

/**
 * Judges a publish by its ids, which comes before its conditions; `undefined` when none is stored. That is the case for
 * nearly every publish, so it only looks them up and allocates nothing. A publish without events has no ids.
 *
 * @param placeOf finds where the event with an id is stored; `undefined`: nowhere. It is asked at least once per id.
 *
 * @example
 * ```ts
 * const placesById = new Map<string, StoredPlace>();
 * const judgement = judgedByIds(request.writes, (id) => placesById.get(id));
 * if (judgement?.kind === "duplicate") console.log("taken:", judgement.ids);
 * ```
 */
export function judgedByIds<TPlace extends StoredPlace>(
  writes: readonly StreamWrite[],
  placeOf: (id: string) => TPlace | undefined,
): IdJudgement<TPlace> | undefined {
  for (const { events } of writes) {
    for (const { id } of events) if (placeOf(id) !== undefined) return judgedByPlaces(writes, placeOf);
  }
  return undefined;
}

function judgedByPlaces<TPlace extends StoredPlace>(
  writes: readonly StreamWrite[],
  placeOf: (id: string) => TPlace | undefined,
): IdJudgement<TPlace> {
  const stored = writes.map((write) => repeatedPlaces(write, placeOf));
  if (stored.every((places) => places !== undefined)) return { kind: "repeat", stored };
  const ids = writes.flatMap(({ events }) => events.map(({ id }) => id));
  return { kind: "duplicate", ids: ids.filter((id) => placeOf(id) !== undefined) };
}

/** Where the events of a write are stored; `undefined` unless it repeats, as a whole, a write that was stored. */
function repeatedPlaces<TPlace extends StoredPlace>(
  { category, stream, events }: StreamWrite,
  placeOf: (id: string) => TPlace | undefined,
): readonly TPlace[] | undefined {
  const places: TPlace[] = [];
  let last = EMPTY_STREAM_POSITION;
  for (const { id } of events) {
    const place = placeOf(id);
    if (place === undefined || place.category !== category || place.stream !== stream) return undefined;
    if (place.position <= last) return undefined;
    last = place.position;
    places.push(place);
  }
  return places;
}

/**
 * The writes whose stream is not at a position that they allow, in order. Nearly every publish has none, which costs
 * nothing.
 *
 * @param latestPositionOf finds the latest position of the stream of a write; `undefined`: it is empty.
 *
 * @example
 * ```ts
 * const latestPositions = [4, undefined];
 * const unmet = unmetWrites(request.writes, (_, index) => latestPositions[index]);
 * if (unmet.length > 0) console.log("unmet:", unmet);
 * ```
 */
export function unmetWrites(
  writes: readonly StreamWrite[],
  latestPositionOf: (write: StreamWrite, index: number) => number | undefined,
): readonly UnmetWrite[] {
  let unmet: UnmetWrite[] | undefined;
  for (let index = 0; index < writes.length; index++) {
    const write = writes[index] as StreamWrite;
    const latestPosition = latestPositionOf(write, index);
    if (isAllowed(write.allowed, latestPosition)) continue;
    unmet ??= [];
    unmet.push({ write: index, latestPosition });
  }
  return unmet ?? NOTHING_UNMET;
}
