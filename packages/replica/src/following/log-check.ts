import { type EventStorage, isSameEvent, type StoredEventText } from "@eventfold/store/adapter";
import { logIdentifier } from "@eventfold/types";
import { ReplicaMismatchError } from "../errors/replica-mismatch-error.ts";
import type { ReplicaFile } from "../replica-file.ts";
import type { ReplicaPlace } from "../replica-place.ts";
import type { EventPlaceInLog, FollowedLog } from "./followed-log.ts";

/** What is compared with what. */
export interface LogCheck {
  readonly file: ReplicaFile;
  readonly log: FollowedLog;
}

/**
 * Checks that the log is the one that was followed: that it has the newest event of the file, and others at distances that double,
 * each with its id, at its number and at its place in its stream. That is one look-up per doubling of the log: 21 for a million.
 *
 * @returns the place of the file, of which that is true.
 * @throws `ReplicaMismatchError` (`REPLICA_MISMATCH`).
 */
export async function checkChain(check: LogCheck): Promise<ReplicaPlace> {
  const { file, log } = check;
  const { place, newest } = await readEnd(file);
  let event = newest;
  for (let distance = 1; event !== undefined; distance *= 2) {
    if (!(await log.has(event))) throw await mismatch(check, event);
    event = await newestBelow(file.events.storage, event.sequenceNumber - distance + 1);
  }
  return place;
}

/**
 * The place and the newest event of one moment. They are stored together, so where they differ, another process has copied between the
 * two reads, and the place has moved; or somebody else has changed the file.
 */
async function readEnd(
  file: ReplicaFile,
): Promise<{ readonly place: ReplicaPlace; readonly newest: StoredEventText | undefined }> {
  for (let place = await file.place(); ; ) {
    const newest = await newestBelow(file.events.storage, Number.MAX_SAFE_INTEGER);
    if (isSameEvent(place.newest, newest)) return { place, newest };
    const { upTo } = place;
    place = await file.place();
    if (place.upTo > upTo) continue;
    throw new ReplicaMismatchError({ filename: file.filename, reason: "written-to", event: newest && linkOf(newest) });
  }
}

/**
 * Checks that the log still has the event that was copied last. Call it between reading and storing: what was read may come from a
 * server that has taken over and lacks it.
 *
 * @throws `ReplicaMismatchError` (`REPLICA_MISMATCH`).
 */
export async function checkLink(check: LogCheck, { newest }: ReplicaPlace): Promise<void> {
  if (newest !== undefined && !(await check.log.has(newest))) throw await mismatch(check, newest);
}

async function mismatch({ file: { filename }, log }: LogCheck, event: EventPlaceInLog): Promise<ReplicaMismatchError> {
  const isBeyond = (await log.newest()) < event.sequenceNumber;
  return new ReplicaMismatchError({ filename, reason: isBeyond ? "lost-events" : "other-log", event: linkOf(event) });
}

async function newestBelow(storage: EventStorage, before: number): Promise<StoredEventText | undefined> {
  if (before <= 1) return undefined;
  const options = { before, direction: "backwards", limit: 1, maxTextLength: 1 } as const;
  for await (const [event] of storage.storedTexts?.(logIdentifier(), options) ?? []) return event;
  return undefined;
}

function linkOf({ id, sequenceNumber }: EventPlaceInLog): Pick<EventPlaceInLog, "id" | "sequenceNumber"> {
  return { id, sequenceNumber };
}
