import { setTimeout as delay } from "node:timers/promises";
import { isUnreadableEvent, type StoredEvent } from "@eventfold/types";
import type { EventToPark, ParkedEvent, ParkedKey, ParkedSelection } from "../storage/parked-event.ts";
import type { ClosingStep } from "../storage/processing-transaction.ts";
import { errorTextOf } from "./error-text.ts";
import type { HeldPartition } from "./held-partition.ts";
import type { LaneEvents } from "./lane-events.ts";
import { mayBeStored } from "./may-be-stored.ts";
import { eventToPark, parkEvent } from "./park-event.ts";
import { eventsAt, refuseApart, scanAround } from "./scan-around.ts";
import { WorkAside } from "./work-aside.ts";
import type { Worker } from "./worker.ts";

const INTERRUPTED = "A replay was interrupted and goes on.";
const PAGE_SIZE = 100;
const SOURCE_RETRY_MS = 1_000;
const GREATEST_HASH = 0xffff_ffff;

/** What is to be replayed, and by whom. Nobody else is at work in the partition meanwhile. */
export interface Replay {
  readonly held: HeldPartition;
  readonly worker: Worker;
  /** What the partition has read: what lies beyond comes to it anyway, and so does what is open. */
  readonly events: LaneEvents;
  readonly selection: ParkedSelection;
  /** Whether the partition is to be given back: then no other event is begun. */
  readonly isLeaving: () => boolean;
}

/**
 * Handles parked events again, each once and in order. One that succeeds is no longer parked; one that fails stays, with its new
 * error. Where a whole stream waits, what came after its event is read from the source and handled too; what fails of it then is
 * what the stream waits for.
 *
 * @returns whether all were tried. Otherwise the node may start nothing more, or gives the partition back, or the source cannot be read,
 * and what was not tried is still parked.
 */
export async function replayParked(replay: Replay): Promise<boolean> {
  for await (const parked of parkedEvents(replay)) if (!(await replayEvent(replay, parked))) return false;
  return !replay.held.hasEnded;
}

/** An event to handle. */
interface ToHandle extends EventToPark {
  /** What it is read as. `undefined`: it is still to be read. */
  readonly events: readonly StoredEvent[] | undefined;
  /** Whether it is one that was asked for, not one that came after it and waits for it. */
  readonly isListed: boolean;
}

/** What became of an event: it was handled, has failed, was not tried, or is not there any more, and stays parked. */
type Outcome =
  | { readonly kind: "handled" }
  | { readonly kind: "gone" }
  | { readonly kind: "interrupted" }
  | { readonly kind: "failed"; readonly failure: Pick<EventToPark, "attempts" | "error"> };

/** @returns whether it was tried, and where its stream waits what came after it too. */
async function replayEvent(replay: Replay, parked: ParkedEvent): Promise<boolean> {
  const later = parked.isWholeStream ? laterOfStream(replay, parked) : nothing();
  try {
    return await replayWith(replay, parked, later);
  } finally {
    await later.return(undefined);
  }
}

/**
 * With transactions an event is no longer parked when what its handler does is stored, and where its stream waits, it waits for the
 * next one from then on. Otherwise the first one stays parked until all were handled, or one has failed.
 */
async function replayWith(
  replay: Replay,
  parked: ParkedEvent,
  later: AsyncGenerator<ToHandle, undefined>,
): Promise<boolean> {
  const first: ToHandle = { ...parked, events: undefined, isListed: true };
  for (let current: ToHandle | undefined = first; current !== undefined; ) {
    const next: ToHandle | "unknown" | undefined = await nextOf(replay, later);
    if (next === "unknown" || !replay.held.mayStart) return false;
    if (replay.isLeaving()) {
      if (current !== first) await waitAt(replay, current, parked);
      return false;
    }
    const outcome = await handleOnce(replay, current, next);
    if (outcome.kind === "interrupted") return false;
    if (outcome.kind === "gone") return true; // it is not of this source any more: it stays, to be dropped
    if (outcome.kind === "failed") {
      await park(replay, { ...current, ...outcome.failure });
      if (current === first) return true;
      break;
    }
    current = next;
  }
  if (!isTransactional(replay)) await unpark(replay, parked);
  return true;
}

/** Lets a stream wait for an event instead of the one that it waited for, because all before it were handled. */
async function waitAt(replay: Replay, current: ToHandle, parked: ParkedEvent): Promise<void> {
  if (isTransactional(replay)) return; // it does so already
  await park(replay, current);
  await unpark(replay, parked);
}

function isTransactional({ held }: Replay): boolean {
  return held.host.subscription.transactions !== undefined;
}

async function nextOf(
  { held }: Replay,
  later: AsyncGenerator<ToHandle, undefined>,
): Promise<ToHandle | "unknown" | undefined> {
  try {
    return (await later.next()).value;
  } catch (error) {
    await noteSourceFailure(held, error);
    return "unknown";
  }
}

/** Tells of it, and waits a little before the source is read again. */
async function noteSourceFailure(held: HeldPartition, error: unknown): Promise<void> {
  if (held.hasEnded) return;
  held.tell(error, "A source cannot be read for a replay, and is tried again.");
  await delay(SOURCE_RETRY_MS, undefined, { signal: held.signal }).catch(() => {});
}

/** What came after an event for which its stream waits. */
async function* laterOfStream(
  { held, events: ofLane }: Replay,
  { sequenceNumber: after, category, stream, hash }: ParkedEvent,
): AsyncGenerator<ToHandle, undefined> {
  const { subscription, hashes } = held.host;
  const part = { after, before: ofLane.readUpTo + 1, signal: held.signal };
  for await (const arrival of scanAround(subscription, part)) {
    const { location, events } = arrival;
    const { id: eventId, sequenceNumber } = location;
    if (location.category !== category || location.stream !== stream || ofLane.isOpen(sequenceNumber)) continue;
    if (hashes.ofArrival(arrival).hash !== hash) continue;
    const error = "It waits for the replay of its stream.";
    const mark = { sequenceNumber, hash, eventId, category, stream, isWholeStream: true, attempts: 0, error };
    yield { ...mark, events, isListed: false };
  }
}

async function* nothing(): AsyncGenerator<ToHandle, undefined> {}

async function handleOnce(replay: Replay, current: ToHandle, next: ToHandle | undefined): Promise<Outcome> {
  const { worker, held } = replay;
  const { subscription, hashes } = held.host;
  const aside = new WorkAside(held, stepBetween(held, current, next));
  const attempts = current.attempts + 1;
  let isReading = true;
  try {
    const read = current.events ?? (await eventsAt({ subscription }, current.sequenceNumber));
    isReading = false;
    refuseApart({ subscription, hashes, partitions: held.partitions }, read);
    if (read.length > 0) await worker.handle(aside, read, attempts);
    else if (current.isListed) return { kind: "gone" };
    if (isTransactional(replay) && !aside.isClosed) await aside.transact([], async () => {});
    return { kind: "handled" };
  } catch (error) {
    if (isReading && !isUnreadableEvent(error)) {
      await noteSourceFailure(held, error);
      return { kind: "interrupted" };
    }
    if (isTransactional(replay) && mayBeStored(error) && !(await isParked(replay, current))) return { kind: "handled" };
    held.tell(error, "A parked event failed again.");
    return { kind: "failed", failure: { attempts, error: errorTextOf(error) } };
  }
}

function stepBetween({ lease }: HeldPartition, { sequenceNumber, hash }: ToHandle, next?: ToHandle): ClosingStep {
  const unparked = [{ ...lease, parked: [{ sequenceNumber, hash }] }];
  return next === undefined ? { unparked } : { unparked, parked: [{ ...lease, event: eventToPark(next) }] };
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

async function isParked({ held }: Replay, { sequenceNumber, hash, category, stream }: ToHandle): Promise<boolean> {
  const after = { sequenceNumber: sequenceNumber - 1, hash: GREATEST_HASH };
  const listing = { subscription: held.lease.subscription, of: { category, stream }, after, limit: PAGE_SIZE };
  const page = await held.stored(() => held.host.storage.listParked(listing), INTERRUPTED);
  return page.some((parked) => parked.sequenceNumber === sequenceNumber && parked.hash === hash);
}

async function park({ held }: Replay, event: EventToPark): Promise<void> {
  await parkEvent(held, event, { reason: event.error, message: INTERRUPTED });
}

async function unpark({ held }: Replay, { sequenceNumber, hash }: ParkedKey): Promise<void> {
  const request = { ...held.lease, parked: [{ sequenceNumber, hash }] };
  await held.stored(() => held.host.storage.unpark(request), INTERRUPTED);
}
