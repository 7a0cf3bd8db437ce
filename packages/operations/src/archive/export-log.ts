import { type EventStorageAdapter, type EventText, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { ArchiveBytes } from "./archive-bytes.ts";
import { ARCHIVE_FORMAT, type ArchiveHeader, type ArchiveTrailer } from "./archive-format.ts";
import { checkedBound, NO_BOUND } from "./sequence-bound.ts";
import { newestEventOf, refuseHiddenEvents, settledNumberOf, storedTextsOf } from "./stored-texts.ts";
import { reportProgress, type TransferOptions } from "./transfer-progress.ts";
import { transferableEvents } from "./transferable-event.ts";
import { refuseExisting, writeWholeFile } from "./whole-file.ts";

/** What is to be exported, and where to. */
export interface ExportOptions extends TransferOptions {
  readonly from: EventStorageAdapter;
  /** The file to write: compressed with gzip if its name ends in `.gz`, with Zstandard if it ends in `.zst` (Node 22.15). */
  readonly to: string;
  /** Only events above this sequence number, to continue an earlier archive. Default: 0, all from the first. */
  readonly after?: number | undefined;
  /** Only events up to this sequence number, inclusive. Default: all that are published when it begins. */
  readonly upTo?: number | undefined;
  /** Text that the library would write otherwise is written as it is read, instead of being refused. Default: `false`. */
  readonly asRead?: boolean | undefined;
}

const OPTIONS = memberNames<ExportOptions>({
  ...{ from: true, to: true, after: true, upTo: true, asRead: true },
  ...{ onProgress: true, signal: true },
});

/** What was exported: the beginning and end of the archive. */
export interface ExportedLog extends ArchiveTrailer, ArchiveHeader {}

/**
 * Writes the events of a log to a file, an archive: one JSON text a line, as `printStoredEvent` writes events, between a header
 * and a trailer. Categories that begin with `$` are among them. Others may publish meanwhile; what they publish is not in it.
 *
 * The file has its name only once it is whole and on the disk. Until then it is beside it, with a random name that ends in `.partial`,
 * and it is removed if the export fails or is aborted; if the process is killed, it stays. Of several exports to one name, one gets it.
 *
 * @throws `ArchiveExistsError` (`ARCHIVE_EXISTS`) when there is a file of that name.
 * @throws `StorageFullError` (`STORAGE_FULL`) when the disk of the file is full; Node's own error when it cannot be written otherwise.
 * @throws `StorageFailedError` (`STORAGE_FAILED`) when the sequence of the log was set back, so that not all of it can be read.
 * @throws `UntransferableEventError` (`UNTRANSFERABLE_EVENT`) for an event that the library would not have stored so.
 * @throws `CompressionUnavailableError` (`COMPRESSION_UNAVAILABLE`) for `.zst` before Node 22.15.
 * @throws `UnsupportedByAdapterError` (`UNSUPPORTED_BY_ADAPTER`) when the adapter has no `storage.storedTexts`.
 * @throws `RangeError` for a bound that is not an integer of 0 or more.
 *
 * @example
 * ```ts
 * const { events, digest } = await exportLog({ from: adapter, to: "2026-11-30.ndjson.gz" });
 * ```
 */
export async function exportLog(options: ExportOptions): Promise<ExportedLog> {
  withKnownMembers("The options of exportLog", options, OPTIONS);
  const { from, to, signal } = options;
  const after = checkedBound("after", options.after ?? 0);
  const upTo = checkedBound("upTo", options.upTo ?? NO_BOUND);
  signal?.throwIfAborted();
  await refuseExisting(to);
  await refuseHiddenEvents(from);
  const header: ArchiveHeader = {
    format: ARCHIVE_FORMAT,
    orderingGuarantee: from.orderingGuarantee,
    after: await newestEventOf(from, after),
    upTo: Math.min(await settledNumberOf(from), upTo),
  };
  const bytes = new ArchiveBytes(header);
  await writeWholeFile(to, bytes.of(exportedPages(header, options)), signal);
  return { ...header, ...bytes.trailer };
}

/** The pages of events that an archive is made of. It has dealt with a page when the next one is asked for. */
async function* exportedPages(
  { after, upTo: until }: ArchiveHeader,
  { from, asRead = false, ...options }: ExportOptions,
): AsyncGenerator<readonly EventText[], void, undefined> {
  let events = 0;
  for await (const page of storedTextsOf(from, {
    after: after?.sequenceNumber ?? 0,
    upTo: until,
    signal: options.signal,
  })) {
    yield transferableEvents(page, asRead);
    events += page.length;
    reportProgress(options, { events, upTo: page.at(-1)?.sequenceNumber ?? 0, until });
  }
}
