import {
  EMPTY_STREAM_POSITION,
  judgedByIds,
  type SaveResult,
  type StreamWrite,
  storedEventOf,
  unmetWrites,
} from "@eventfold/store/adapter";
import { StorageFailedError, type StoredEvent } from "@eventfold/types";
import { uuidArray } from "../connection/binary-array.ts";
import { MESSAGE_TO_STANDBYS } from "../connection/standby-wait.ts";
import type { Statement } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { eventColumns } from "../reading/stored-event-row.ts";

/**
 * The judgement on one publish. `seen`: some or all of its ids are stored already, to be looked up. `accepted`: it was only
 * judged, and nothing was in its way.
 */
export type Verdict =
  | Extract<SaveResult, { kind: "stored" | "unmet" | "matched" }>
  | { readonly kind: "seen" }
  | { readonly kind: "accepted" };

/**
 * The verdict when the write conditions are unmet, from the latest position of each write's stream (−1: empty).
 *
 * @throws `StorageFailedError` (`STORAGE_FAILED`) when all of them hold, so that the server had no reason not to insert the events.
 */
export function unmetVerdict(writes: readonly StreamWrite[], heads: readonly number[]): Verdict {
  const unmet = unmetWrites(writes, (_, index) => latestPositionAt(heads[index]));
  if (unmet.length === 0) throw notInserted();
  return { kind: "unmet", unmet };
}

function latestPositionAt(head = EMPTY_STREAM_POSITION): number | undefined {
  return head === EMPTY_STREAM_POSITION ? undefined : head;
}

/** The event with the highest number of a publish that is stored; `undefined` for one that is not, or only checked. */
export function newestIn(result: SaveResult): StoredEvent | undefined {
  if (result.kind !== "stored" && result.kind !== "repeat") return undefined;
  return result.events.findLast((events) => events.length > 0)?.at(-1);
}

/** Hands out the places that a statement gave to the events, in the order of the events. */
export interface EventPlaces {
  next(): { readonly position: number; readonly sequenceNumber: number };
}

/** The verdict when a publish was stored. */
export function storedVerdict(writes: readonly StreamWrite[], places: EventPlaces): Verdict {
  const events = writes.map(({ category, stream, events }): readonly StoredEvent[] =>
    events.map((event) => storedEventOf(event, { category, stream, ...places.next() })),
  );
  return { kind: "stored", events };
}

/**
 * The statement that finds the events of a publish that are stored already, by their ids. Synchronous standbys may not have
 * them yet, because a wait for standbys can be cancelled. So a statement that tells a caller that its events are stored has
 * to wait for the standbys, as the commit of the events should have done.
 */
export function seenStatement(names: LogNames, writes: readonly StreamWrite[]): Statement {
  return {
    text:
      `select ${eventColumns({ isInlineOnly: false })} from (select ${MESSAGE_TO_STANDBYS} offset 0) as message, ` +
      `${names.events} e where e.id = any($1::uuid[])`,
    values: [uuidArray(writes.flatMap(({ events }) => events.map(({ id }) => id)))],
  };
}

/**
 * Whether a publish some of whose ids are stored is a repeat, or a publish with ids that are taken.
 *
 * @throws `StorageFailedError` (`STORAGE_FAILED`) when none is stored: the server has not inserted them, without an error.
 */
export function judgeSeen(writes: readonly StreamWrite[], stored: readonly StoredEvent[]): SaveResult {
  const byId = new Map(stored.map((event) => [event.id, event]));
  const judgement = judgedByIds(writes, (id) => byId.get(id));
  if (judgement === undefined) throw notInserted();
  return judgement.kind === "repeat" ? { kind: "repeat", events: judgement.stored } : judgement;
}

/** The error for events that the server has not inserted, although nothing was in their way and it reported no error. */
function notInserted(): StorageFailedError {
  return new StorageFailedError(
    "PostgreSQL did not insert the events, although nothing is in their way: a trigger or a rule kept it from doing so. " +
      "Nothing was stored. Remove the trigger or rule from the table of events.",
  );
}

/** The numbers in an array of integers as the server prints it; none in `null`. */
export function numbersIn(array: string | null): readonly number[] {
  if (array === null || array === "{}") return [];
  return array.slice(1, -1).split(",").map(Number);
}
