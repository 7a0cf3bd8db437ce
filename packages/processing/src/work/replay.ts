import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import type { ParkedEvent, ParkedKey, ParkedSelection } from "../storage/parked-event.ts";
import type { PartitionLease } from "../storage/partition-lease.ts";
import type { Subscription } from "../subscription/subscription.ts";
import type { Entry } from "./backlog.ts";
import { errorTextOf } from "./error-text.ts";
import type { LaneHost } from "./lane-host.ts";
import type { LaneWork } from "./lane-work.ts";
import { repeatUntilStored } from "./repeated-call.ts";
import type { Worker } from "./worker.ts";

const PAGE_SIZE = 100;
const GREATEST_HASH = 0xffff_ffff;

/** What is to be replayed, and by whom. Nobody else is at work in the partition meanwhile. */
export interface Replay {
  readonly host: LaneHost;
  readonly worker: Worker;
  readonly lease: PartitionLease;
  readonly signal: AbortSignal;
  readonly selection: ParkedSelection;
  /** How far the partition has read: what is beyond comes to it anyway. */
  readonly readUpTo: number;
  /** Whether an event that was read is still to be handled. */
  readonly isOpen: (sequenceNumber: number) => boolean;
}

/**
 * Handles parked events again, each once and in order. One that succeeds is no longer parked; one that fails stays, with its new
 * error. Where a whole stream waits, what came after its event is read from the source and handled too; what fails of it then is
 * what the stream waits for.
 */
export async function replayParked(replay: Replay): Promise<void> {
  for await (const parked of parkedEvents(replay)) {
    if (replay.signal.aborted) return;
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
  for await (const later of laterOfStream(replay, event)) {
    const entry: Entry = { event: later, key: "", hash, isDone: false, failures: 0 };
    if (replay.host.hashes.hashOf(replay.host.hashes.keyOf(later)) !== hash) continue;
    const error = await handle(replay, entry);
    if (error !== undefined) return park(replay, { entry, error, isWholeStream: true });
  }
}

/** @returns what it failed with; `undefined` when it succeeded. */
async function handle({ worker, host, lease, signal }: Replay, entry: Entry): Promise<string | undefined> {
  try {
    await worker.handle(workAside(host.subscription, lease, signal), entry);
    return undefined;
  } catch (error) {
    entry.failures += 1;
    host.tell(error, "A parked event failed again.", lease.partition);
    return errorTextOf(error);
  }
}

/** One event is handled by itself: there is nothing to take, and no checkpoint to move. */
function workAside(subscription: Subscription, { partition, token }: PartitionLease, signal: AbortSignal): LaneWork {
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
  };
}

/** Those of the partition that are selected, page by page, in order. */
async function* parkedEvents({ host, lease, signal, selection }: Replay): AsyncGenerator<ParkedEvent> {
  let after: ParkedKey | undefined =
    selection.kind === "event" ? { sequenceNumber: selection.sequenceNumber - 1, hash: GREATEST_HASH } : undefined;
  const of = selection.kind === "stream" ? { category: selection.category, stream: selection.stream } : undefined;
  for (let isLast = false; !isLast && !signal.aborted; ) {
    const listing = { subscription: lease.subscription, of, after, limit: PAGE_SIZE };
    const page = await repeated({ host, lease, signal }, () => host.storage.listParked(listing));
    for (const parked of page) {
      if (selection.kind === "event" && parked.sequenceNumber !== selection.sequenceNumber) return;
      if (parked.partition === lease.partition) yield parked;
    }
    after = page.at(-1);
    isLast = page.length < PAGE_SIZE;
  }
}

async function eventAt({ host: { subscription } }: Replay, sequenceNumber: number): Promise<StoredEvent | undefined> {
  const bounds = [sequenceNumberAfter(sequenceNumber - 1), sequenceNumberBefore(sequenceNumber + 1)];
  const constraints = [...subscription.constraints, ...bounds];
  for await (const event of subscription.source.scan({ constraints, limit: 1 })) return event;
  return undefined;
}

async function* laterOfStream(
  { host: { subscription }, readUpTo, isOpen, signal }: Replay,
  { sequenceNumber, category, stream }: StoredEvent,
): AsyncGenerator<StoredEvent> {
  const bounds = [sequenceNumberAfter(sequenceNumber), sequenceNumberBefore(readUpTo + 1)];
  const constraints = [...subscription.constraints, ...bounds];
  for await (const event of subscription.source.scan({ constraints, signal })) {
    const isOfStream = event.category === category && event.stream === stream;
    if (isOfStream && !isOpen(event.sequenceNumber)) yield event;
  }
}

async function park(
  replay: Replay,
  { entry, error, isWholeStream }: { readonly entry: Entry; readonly error: string; readonly isWholeStream: boolean },
): Promise<void> {
  const { event, hash, failures } = entry;
  const { id: eventId, sequenceNumber, category, stream } = event;
  const parked = { eventId, sequenceNumber, hash, category, stream, isWholeStream, attempts: failures, error };
  await repeated(replay, () => replay.host.storage.park({ ...replay.lease, event: parked, was: undefined }));
}

async function unpark(replay: Replay, { sequenceNumber, hash }: ParkedKey): Promise<void> {
  const request = { ...replay.lease, parked: [{ sequenceNumber, hash }] };
  await repeated(replay, () => replay.host.storage.unpark(request));
}

async function repeated<T>(
  { host, lease, signal }: Pick<Replay, "host" | "lease" | "signal">,
  call: () => Promise<T>,
): Promise<T> {
  const onFailure = (error: unknown) => host.tell(error, "A replay was interrupted and goes on.", lease.partition);
  return repeatUntilStored(call, { signal, onFailure });
}
