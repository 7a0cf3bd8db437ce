import { type EventStorageAdapter, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import type { LogDigest } from "./log-digest.ts";
import { LogDigester } from "./log-digester.ts";
import { checkedBound, NO_BOUND } from "./sequence-bound.ts";
import { refuseHiddenEvents, settledNumberOf, storedTextsOf } from "./stored-texts.ts";
import { reportProgress, type TransferOptions } from "./transfer-progress.ts";

/** Which log is to be digested, and how far. */
export interface DigestOptions extends TransferOptions {
  readonly of: EventStorageAdapter;
  /** The last sequence number, inclusive, that counts. Default: all that are published when it begins. */
  readonly upTo?: number | undefined;
}

const OPTIONS = memberNames<DigestOptions>({ of: true, upTo: true, onProgress: true, signal: true });

/**
 * Adds up the content of a log, of categories that begin with `$` too. It reads every event once, and takes about as long as a scan;
 * its memory grows with the number of categories, and with nothing else.
 *
 * Recorded every day, it shows later whether anything up to there was changed or is missing, see {@link verifyContent}.
 *
 * @throws `UnsupportedByAdapterError` (`UNSUPPORTED_BY_ADAPTER`) when the adapter has no `storage.storedTexts`; a storage error
 * when reading fails; the signal's reason when it is aborted.
 * @throws `StorageFailedError` (`STORAGE_FAILED`) when the sequence of the log was set back, so that not all of it can be read.
 * @throws `RangeError` for a bound that is not an integer of 0 or more.
 *
 * @example
 * ```ts
 * const digest = await digestLog({ of: adapter });
 * console.log(digest.upTo, digest.digest, JSON.stringify(digest));
 * ```
 */
export async function digestLog(options: DigestOptions): Promise<LogDigest> {
  return digestWithMarks(withKnownMembers("The options of digestLog", options, OPTIONS));
}

/**
 * The same, with marks at given numbers, so that they can be compared with others.
 *
 * @param markAt rising; default: the numbers of every 100,000th event.
 */
export async function digestWithMarks(
  { of, upTo = NO_BOUND, ...options }: DigestOptions,
  markAt?: readonly number[],
): Promise<LogDigest> {
  const bound = checkedBound("upTo", upTo);
  options.signal?.throwIfAborted();
  await refuseHiddenEvents(of);
  const until = Math.min(await settledNumberOf(of), bound);
  const digester = new LogDigester(markAt);
  let events = 0;
  for await (const page of storedTextsOf(of, { after: 0, upTo: until, signal: options.signal })) {
    digester.add(page);
    events += page.length;
    reportProgress(options, { events, upTo: page.at(-1)?.sequenceNumber ?? 0, until });
  }
  return digester.digest(until);
}
