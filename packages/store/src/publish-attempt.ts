import { conditionHolds, noPosition, onlyPositionOf, positionsAllowedBy } from "./condition-judgement.ts";
import type { PublishEntry } from "./publish-request.ts";
import { type AllowedPositions, isAllowed } from "./storage/allowed-positions.ts";
import type { EventStorage, StreamWrite } from "./storage/event-storage.ts";
import { translatedLatest } from "./translated-reading.ts";
import { noCondition } from "./write-condition.ts";

/** What a publish sends for one entry, and what is needed to understand an unmet condition. */
export interface Attempt {
  readonly write: StreamWrite;
  /** The latest position that the condition was judged of, if it was read; if the answer has another one, a rival has published in between. */
  readonly seen: { readonly position: number | undefined } | undefined;
  /** What a predicate threw: judged last, since a repeat succeeds whatever its conditions say. */
  readonly failure: { readonly error: unknown } | undefined;
}

/**
 * What a publish sends for its entries: at once, unless something has to be read first.
 *
 * @param asRead the entries whose conditions are judged of what their sources read.
 */
export function attemptsOf(
  storage: EventStorage,
  entries: readonly PublishEntry[],
  asRead: ReadonlySet<PublishEntry>,
): Attempt[] | Promise<Attempt[]> {
  const attempts = entries.map((entry) => attemptOf(storage, entry, asRead));
  return attempts.some((attempt) => attempt instanceof Promise) ? Promise.all(attempts) : (attempts as Attempt[]);
}

function attemptOf(
  storage: EventStorage,
  entry: PublishEntry,
  asRead: ReadonlySet<PublishEntry>,
): Attempt | Promise<Attempt> {
  const allowed = positionsAllowedBy(entry.condition ?? noCondition());
  if (allowed === undefined) return attemptWithPredicate(storage, entry);
  if (asRead.has(entry)) return attemptAsRead(storage, entry, allowed);
  return { write: writeOf(entry, allowed), seen: undefined, failure: undefined };
}

async function attemptWithPredicate(storage: EventStorage, entry: PublishEntry): Promise<Attempt> {
  const { category, stream } = entry;
  const latest = await storage.latest({ kind: "stream", category, stream }, { isPublishing: true });
  const seen = { position: latest?.position };
  try {
    const holds = conditionHolds(entry.condition ?? noCondition(), latest);
    return { write: writeOf(entry, holds ? onlyPositionOf(latest) : noPosition()), seen, failure: undefined };
  } catch (error) {
    return { write: writeOf(entry, noPosition()), seen, failure: { error } };
  }
}

/** Like a predicate: judged of the newest event that is read, and published with `positionIs` of the newest that is stored. */
async function attemptAsRead(storage: EventStorage, entry: PublishEntry, allowed: AllowedPositions): Promise<Attempt> {
  const { category, stream, translation } = entry;
  const identifier = { kind: "stream", category, stream } as const;
  const latest = await storage.latest(identifier, { isPublishing: true });
  const bounds = latest === undefined ? {} : { positionBefore: latest.position + 1 };
  const read = translation && (await translatedLatest(storage, { identifier, translation, bounds }));
  const holds = isAllowed(allowed, read?.position);
  const seen = { position: latest?.position };
  return { write: writeOf(entry, holds ? onlyPositionOf(latest) : noPosition()), seen, failure: undefined };
}

/** Whether a condition can hold of what the source reads of a stream, although it does not hold of what is stored. */
export function mayDifferAsRead({ translation, condition = noCondition() }: PublishEntry): boolean {
  if (translation === undefined || positionsAllowedBy(condition) === undefined) return false;
  return translation.events.mayReadAsNone(translation.unknownEvents);
}

function writeOf({ category, stream, events }: PublishEntry, allowed: AllowedPositions): StreamWrite {
  const allowsAll = allowed.complement && allowed.positions.length === 0;
  return { category, stream, events, allowed: allowsAll ? undefined : allowed };
}
