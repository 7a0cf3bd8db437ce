import { isEventfoldError, type StoredEvent } from "@eventfold/types";
import type { EventToPark, ParkedEvent, ParkedKey, ParkedSelection } from "../storage/parked-event.ts";
import { errorTextOf } from "./error-text.ts";
import type { HeldPartition } from "./held-partition.ts";
import type { LaneEvents } from "./lane-events.ts";
import type { LaneWork } from "./lane-work.ts";
import { eventAt, scanAround } from "./scan-around.ts";
import type { Worker } from "./worker.ts";

const INTERRUPTED = "A replay was interrupted and goes on.";
const PAGE_SIZE = 100;
const GREATEST_HASH = 0xffff_ffff;

/** What is to be replayed, and by whom. Nobody else is at work in the partition meanwhile. */
export interface Replay {
  readonly held: HeldPartition;
  readonly worker: Worker;
  /** What the partition has read: what lies beyond comes to it anyway, and so does what is open. */
  readonly events: LaneEvents;
  readonly selection: ParkedSelection;
}

/**
 * Handles parked events again, each once and in order. One that succeeds is no longer parked; one that fails stays, with its new
 * error. Where a whole stream waits, what came after its event is read from the source and handled too; what fails of it then is
 * what the stream waits for.
 */
export async function replayParked(replay: Replay): Promise<void> {
  for await (const parked of parkedEvents(replay)) {
    if (replay.held.hasEnded) return;
    await replayEvent(replay, parked);
  }
}

async function replayEvent(replay: Replay, parked: ParkedEvent): Promise<void> {
  const outcome = await handleOnce(replay, { ...parked, event: undefined });
  if (outcome.kind === "gone") return; // it is not of this source any more: it stays, to be dropped
  if (outcome.kind === "failed") return park(replay, { ...parked, ...outcome.failure });
  if (parked.isWholeStream) await replayRest(replay, parked);
  await unpark(replay, parked);
}

/** What came after an event for whose stream everything waited. */
async function replayRest(
  replay: Replay,
  { sequenceNumber: after, category, stream, hash }: ParkedEvent,
): Promise<void> {
  const { held, events } = replay;
  const { subscription, hashes } = held.host;
  for await (const { location, event } of scanAround(subscription, {
    after,
    before: events.readUpTo + 1,
    signal: held.signal,
  })) {
    const { id: eventId, sequenceNumber } = location;
    if (location.category !== category || location.stream !== stream || events.isOpen(sequenceNumber)) continue;
    const own = event === undefined ? hashes.ofStream(location) : hashes.of(event);
    if (own.hash !== hash) continue;
    const outcome = await handleOnce(replay, { sequenceNumber, event, attempts: 0 });
    if (outcome.kind !== "failed") continue;
    const mark = { sequenceNumber, category, stream, hash, eventId, isWholeStream: true };
    return park(replay, { ...mark, ...outcome.failure });
  }
}

/** What became of an event: it was handled, has failed, or is not there any more. */
type Outcome =
  | { readonly kind: "handled" }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly failure: Pick<EventToPark, "attempts" | "error"> };

/** An event to handle; `undefined`: it is still to be read. */
type ToHandle = Pick<ParkedEvent, "sequenceNumber" | "attempts"> & { readonly event: StoredEvent | undefined };

async function handleOnce({ worker, held }: Replay, { sequenceNumber, attempts, event }: ToHandle): Promise<Outcome> {
  const { subscription } = held.host;
  let isReading = true;
  try {
    const read = event ?? (await eventAt(subscription, sequenceNumber));
    if (read === undefined) return { kind: "gone" };
    isReading = false;
    await worker.handle(workAside(held), read, attempts + 1);
    return { kind: "handled" };
  } catch (error) {
    if (isReading && !isEventfoldError(error, "UNREADABLE_EVENT")) throw error;
    held.tell(error, "A parked event failed again.");
    return { kind: "failed", failure: { attempts: attempts + 1, error: errorTextOf(error) } };
  }
}

/** One event is handled by itself: there is nothing to take, and no checkpoint to move. */
function workAside(held: HeldPartition): LaneWork {
  const {
    host: { subscription },
    lease: { partition, token },
    partitions,
    signal,
  } = held;
  const nothing = async () => {};
  return {
    subscription,
    partition,
    partitions,
    fencingToken: token,
    signal,
    isHeld: false,
    isDry: true,
    describe: () => held.describe(),
    take: () => undefined,
    takeNext: () => undefined,
    passOver: () => false,
    finish: () => {},
    noteFailure: () => {},
    giveUp: nothing,
    rest: nothing,
    waitForWork: nothing,
    waitForMore: nothing,
    save: nothing,
    transact: nothing,
  };
}

/** Those of the partition that are selected, page by page, in order. */
async function* parkedEvents({ held, selection }: Replay): AsyncGenerator<ParkedEvent> {
  let after: ParkedKey | undefined =
    selection.kind === "event" ? { sequenceNumber: selection.sequenceNumber - 1, hash: GREATEST_HASH } : undefined;
  const of = selection.kind === "stream" ? { category: selection.category, stream: selection.stream } : undefined;
  const { host, lease } = held;
  for (let isLast = false; !isLast && !held.hasEnded; ) {
    const listing = { subscription: lease.subscription, of, after, limit: PAGE_SIZE };
    const page = await held.stored(() => host.storage.listParked(listing), INTERRUPTED);
    for (const parked of page) {
      if (selection.kind === "event" && parked.sequenceNumber !== selection.sequenceNumber) return;
      if (parked.partition === lease.partition) yield parked;
    }
    after = page.at(-1);
    isLast = page.length < PAGE_SIZE;
  }
}

async function park({ held }: Replay, event: EventToPark): Promise<void> {
  const { eventId, sequenceNumber, hash, category, stream, isWholeStream, attempts, error } = event;
  const parked = { eventId, sequenceNumber, hash, category, stream, isWholeStream, attempts, error };
  await held.stored(() => held.host.storage.park({ ...held.lease, event: parked, was: undefined }), INTERRUPTED);
}

async function unpark({ held }: Replay, { sequenceNumber, hash }: ParkedKey): Promise<void> {
  const request = { ...held.lease, parked: [{ sequenceNumber, hash }] };
  await held.stored(() => held.host.storage.unpark(request), INTERRUPTED);
}
