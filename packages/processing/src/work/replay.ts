import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import type { ParkedEvent, ParkedKey, ParkedSelection } from "../storage/parked-event.ts";
import type { Entry } from "./backlog.ts";
import { errorTextOf } from "./error-text.ts";
import type { HeldPartition } from "./held-partition.ts";
import type { LaneEvents } from "./lane-events.ts";
import type { LaneWork } from "./lane-work.ts";
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
  const event = await eventAt(replay, parked.sequenceNumber);
  if (event === undefined) return; // it is not of this source any more: it stays, to be dropped
  const entry: Entry = { event, key: "", hash: parked.hash, isDone: false, failures: parked.attempts };
  const error = await handle(replay, entry);
  if (error !== undefined) return park(replay, { entry, error, isWholeStream: parked.isWholeStream });
  if (parked.isWholeStream) await replayRest(replay, entry);
  await unpark(replay, parked);
}

/** What came after an event for whose stream everything waited. */
async function replayRest(replay: Replay, { event, hash }: Entry): Promise<void> {
  const { hashes } = replay.held.host;
  for await (const later of laterOfStream(replay, event)) {
    const entry: Entry = { event: later, key: "", hash, isDone: false, failures: 0 };
    if (hashes.hashOf(hashes.keyOf(later)) !== hash) continue;
    const error = await handle(replay, entry);
    if (error !== undefined) return park(replay, { entry, error, isWholeStream: true });
  }
}

/** @returns what it failed with; `undefined` when it succeeded. */
async function handle({ worker, held }: Replay, entry: Entry): Promise<string | undefined> {
  try {
    await worker.handle(workAside(held), entry);
    return undefined;
  } catch (error) {
    entry.failures += 1;
    held.tell(error, "A parked event failed again.");
    return errorTextOf(error);
  }
}

/** One event is handled by itself: there is nothing to take, and no checkpoint to move. */
function workAside({ host: { subscription }, lease: { partition, token }, signal }: HeldPartition): LaneWork {
  const nothing = async () => {};
  return {
    subscription,
    partition,
    fencingToken: token,
    signal,
    isHeld: false,
    take: () => undefined,
    takeNext: () => undefined,
    finish: () => {},
    noteFailure: () => {},
    giveUp: nothing,
    rest: nothing,
    waitForWork: nothing,
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

async function eventAt({ held }: Replay, sequenceNumber: number): Promise<StoredEvent | undefined> {
  const { subscription } = held.host;
  const bounds = [sequenceNumberAfter(sequenceNumber - 1), sequenceNumberBefore(sequenceNumber + 1)];
  const constraints = [...subscription.constraints, ...bounds];
  for await (const event of subscription.source.scan({ constraints, limit: 1 })) return event;
  return undefined;
}

async function* laterOfStream(
  { held, events }: Replay,
  { sequenceNumber, category, stream }: StoredEvent,
): AsyncGenerator<StoredEvent> {
  const { signal, host } = held;
  const { subscription } = host;
  const bounds = [sequenceNumberAfter(sequenceNumber), sequenceNumberBefore(events.readUpTo + 1)];
  const constraints = [...subscription.constraints, ...bounds];
  for await (const event of subscription.source.scan({ constraints, signal })) {
    const isOfStream = event.category === category && event.stream === stream;
    if (isOfStream && !events.isOpen(event.sequenceNumber)) yield event;
  }
}

async function park(
  { held }: Replay,
  { entry, error, isWholeStream }: { readonly entry: Entry; readonly error: string; readonly isWholeStream: boolean },
): Promise<void> {
  const { event, hash, failures } = entry;
  const { id: eventId, sequenceNumber, category, stream } = event;
  const parked = { eventId, sequenceNumber, hash, category, stream, isWholeStream, attempts: failures, error };
  await held.stored(() => held.host.storage.park({ ...held.lease, event: parked, was: undefined }), INTERRUPTED);
}

async function unpark({ held }: Replay, { sequenceNumber, hash }: ParkedKey): Promise<void> {
  const request = { ...held.lease, parked: [{ sequenceNumber, hash }] };
  await held.stored(() => held.host.storage.unpark(request), INTERRUPTED);
}
