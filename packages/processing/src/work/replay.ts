import { isEventfoldError, type StoredEvent } from "@eventfold/types";
import type { EventToPark, ParkedEvent, ParkedKey, ParkedSelection } from "../storage/parked-event.ts";
import type { ClosingStep } from "../storage/processing-transaction.ts";
import { tracePark } from "../tracing/channels.ts";
import { errorTextOf } from "./error-text.ts";
import type { HeldPartition } from "./held-partition.ts";
import type { LaneEvents } from "./lane-events.ts";
import { mayBeStored } from "./may-be-stored.ts";
import { eventAt, scanAround } from "./scan-around.ts";
import { WorkAside } from "./work-aside.ts";
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

/** An event to handle. */
interface ToHandle extends EventToPark {
  /** `undefined`: it is still to be read. */
  readonly event: StoredEvent | undefined;
  /** Whether it is one that was asked for, not one that came after it and waits for it. */
  readonly isListed: boolean;
}

/** What became of an event: it was handled, has failed, or is not there any more, and stays parked. */
type Outcome =
  | { readonly kind: "handled" }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly failure: Pick<EventToPark, "attempts" | "error"> };

/**
 * With transactions an event is no longer parked when what its handler does is stored, and where its stream waits, it waits for the
 * next one from then on. Otherwise the first one stays parked until all were handled, or one has failed.
 */
async function replayEvent(replay: Replay, parked: ParkedEvent): Promise<void> {
  const isTransactional = replay.held.host.subscription.transactions !== undefined;
  const later = parked.isWholeStream ? laterOfStream(replay, parked) : nothing();
  const first: ToHandle = { ...parked, event: undefined, isListed: true };
  for (let current: ToHandle | undefined = first; current !== undefined && !replay.held.hasEnded; ) {
    const { value: next } = await later.next();
    const outcome = await handleOnce(replay, current, next);
    if (outcome.kind === "gone") return; // it is not of this source any more: it stays, to be dropped
    if (outcome.kind === "failed") {
      await park(replay, { ...current, ...outcome.failure });
      if (current === first) return;
      break;
    }
    current = next;
  }
  await later.return(undefined);
  if (!isTransactional) await unpark(replay, parked);
}

/** What came after an event for which its stream waits. */
async function* laterOfStream(
  { held, events }: Replay,
  { sequenceNumber: after, category, stream, hash }: ParkedEvent,
): AsyncGenerator<ToHandle, undefined> {
  const { subscription, hashes } = held.host;
  const part = { after, before: events.readUpTo + 1, signal: held.signal };
  for await (const { location, event } of scanAround(subscription, part)) {
    const { id: eventId, sequenceNumber } = location;
    if (location.category !== category || location.stream !== stream || events.isOpen(sequenceNumber)) continue;
    const own = event === undefined ? hashes.ofStream(location) : hashes.of(event);
    if (own.hash !== hash) continue;
    const error = "It waits for the replay of its stream.";
    const mark = { sequenceNumber, hash, eventId, category, stream, isWholeStream: true, attempts: 0, error };
    yield { ...mark, event, isListed: false };
  }
}

async function* nothing(): AsyncGenerator<ToHandle, undefined> {}

async function handleOnce(replay: Replay, current: ToHandle, next: ToHandle | undefined): Promise<Outcome> {
  const { worker, held } = replay;
  const { subscription } = held.host;
  const isTransactional = subscription.transactions !== undefined;
  const aside = new WorkAside(held, stepBetween(held, current, next));
  const attempts = current.attempts + 1;
  let isReading = true;
  try {
    const read = current.event ?? (await eventAt(subscription, current.sequenceNumber));
    isReading = false;
    if (read !== undefined) await worker.handle(aside, read, attempts);
    else if (current.isListed) return { kind: "gone" };
    if (isTransactional && !aside.isClosed) await aside.transact([], async () => {});
    return { kind: "handled" };
  } catch (error) {
    if (isReading && !isEventfoldError(error, "UNREADABLE_EVENT")) throw error;
    if (isTransactional && mayBeStored(error) && !(await isParked(replay, current))) return { kind: "handled" };
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
  const request = { ...held.lease, event: eventToPark(event), was: undefined };
  const { eventId, sequenceNumber, category, stream, isWholeStream, attempts, error: reason } = event;
  const message = { eventId, sequenceNumber, category, stream, isWholeStream, attempts, reason };
  await held.stored(
    () =>
      tracePark(
        () => ({ ...held.describe(), ...message }),
        () => held.host.storage.park(request),
      ),
    INTERRUPTED,
  );
}

async function unpark({ held }: Replay, { sequenceNumber, hash }: ParkedKey): Promise<void> {
  const request = { ...held.lease, parked: [{ sequenceNumber, hash }] };
  await held.stored(() => held.host.storage.unpark(request), INTERRUPTED);
}

/** The event by itself: adapters are handed no more than they ask for. */
function eventToPark(event: EventToPark): EventToPark {
  const { eventId, sequenceNumber, hash, category, stream, isWholeStream, attempts, error } = event;
  return { eventId, sequenceNumber, hash, category, stream, isWholeStream, attempts, error };
}
