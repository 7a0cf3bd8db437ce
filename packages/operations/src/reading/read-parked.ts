import type { ParkedEvent, ParkedKey, ParkedSelection, ProcessingStorageAdapter } from "@eventfold/processing";

/** A page of what is parked of a subscription. */
export interface ParkedPage {
  /** How many of its events are parked in all. */
  readonly count: number;
  /** By sequence number, then by hash. */
  readonly events: readonly ParkedEvent[];
  /** The key after which the next page begins; `null` on the last one. */
  readonly next: ParkedKey | null;
}

/** Which page of what is parked is read. */
export interface ParkedPageOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  /** The key after which it begins; `undefined`: at the beginning. */
  readonly after?: ParkedKey | undefined;
  /** Only those of this stream. Default: of all streams. */
  readonly of?: { readonly category: string; readonly stream: string } | undefined;
  /** The most events, 1 or more. Default: 50. */
  readonly limit?: number | undefined;
}

const PAGE_SIZE = 50;
const READ_AT_ONCE = 500;
const GREATEST_HASH = 0xffff_ffff;

/** Reads a page of what is parked of a subscription; `undefined` when no subscription of that name is stored. */
export async function readParkedPage(
  { storage }: ProcessingStorageAdapter,
  { subscription: name, after, of, limit = PAGE_SIZE }: ParkedPageOptions,
): Promise<ParkedPage | undefined> {
  const { subscriptions } = await storage.status({ names: [name] });
  const [found] = subscriptions;
  if (found === undefined) return undefined;
  const events = await storage.listParked({ subscription: found.id, of, after, limit });
  const last = events.length === limit ? events.at(-1) : undefined;
  return {
    count: found.status.reduce((sum, { parked }) => sum + parked, 0),
    events,
    next: last === undefined ? null : { sequenceNumber: last.sequenceNumber, hash: last.hash },
  };
}

/** Counts the parked events that a request would concern; `undefined` when no subscription of that name is stored. */
export async function countParked(
  processing: ProcessingStorageAdapter,
  { subscription: name, selection }: { readonly subscription: string; readonly selection: ParkedSelection },
): Promise<number | undefined> {
  const { subscriptions } = await processing.storage.status({ names: [name] });
  const [found] = subscriptions;
  if (found === undefined) return undefined;
  switch (selection.kind) {
    case "all":
      return found.status.reduce((sum, { parked }) => sum + parked, 0);
    case "event":
      return countOfEvent(processing, { subscription: found.id, sequenceNumber: selection.sequenceNumber });
    case "stream":
      return countOfStream(processing, { subscription: found.id, of: selection });
  }
}

/** An event may be parked once for each of its keys. */
async function countOfEvent(
  { storage }: ProcessingStorageAdapter,
  { subscription, sequenceNumber }: { readonly subscription: number; readonly sequenceNumber: number },
): Promise<number> {
  const after = sequenceNumber === 0 ? undefined : { sequenceNumber: sequenceNumber - 1, hash: GREATEST_HASH };
  const page = await storage.listParked({ subscription, of: undefined, after, limit: READ_AT_ONCE });
  return page.filter((parked) => parked.sequenceNumber === sequenceNumber).length;
}

async function countOfStream(
  { storage }: ProcessingStorageAdapter,
  { subscription, of: { category, stream } }: { readonly subscription: number; readonly of: ParkedStream },
): Promise<number> {
  let count = 0;
  let after: ParkedKey | undefined;
  for (;;) {
    const page = await storage.listParked({ subscription, of: { category, stream }, after, limit: READ_AT_ONCE });
    count += page.length;
    if (page.length < READ_AT_ONCE) return count;
    after = page.at(-1);
  }
}

type ParkedStream = Extract<ParkedSelection, { readonly kind: "stream" }>;
