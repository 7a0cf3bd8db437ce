import { stat } from "node:fs/promises";
import {
  type EventStorageAdapter,
  type EventText,
  isSameEvent,
  memberNames,
  type NewestEvent,
  withKnownMembers,
} from "@eventfold/store/adapter";
import { ArchiveDecoder } from "./archive-decoder.ts";
import type { ArchiveHeader, ArchiveTrailer } from "./archive-format.ts";
import { ArchiveDamagedError } from "./errors/archive-errors.ts";
import { OtherLogError } from "./errors/other-log-error.ts";
import { type RestoredEvents, refuseWithoutRestore, restoreEvents } from "./restore-events.ts";
import { newestEventOf } from "./stored-texts.ts";
import type { TransferOptions } from "./transfer-progress.ts";
import { checkWholeArchive, versionOf, type WholeArchive } from "./whole-archive.ts";

/** What is to be imported, and where to. */
export interface ImportOptions extends TransferOptions {
  /** An archive: a file that {@link exportLog} has written, compressed or not. It is read twice. */
  readonly from: string;
  readonly to: EventStorageAdapter;
  /** Text that the library would write otherwise is stored as it is read, instead of being refused. Default: `false`. */
  readonly asRead?: boolean | undefined;
}

const OPTIONS = memberNames<ImportOptions>({ from: true, to: true, asRead: true, onProgress: true, signal: true });

/** What an import has stored, and what the archive says of itself. */
export interface ImportedLog extends RestoredEvents {
  readonly header: ArchiveHeader;
  readonly trailer: ArchiveTrailer;
}

/**
 * Stores the events of an archive in a log, with their ids, sequence numbers, positions and times. Before anything is stored, the
 * file is read once to make sure that it is whole.
 *
 * The log has to be empty, or to have the beginning of the same events: so an import that was interrupted goes on where it was
 * when it is called again, and an archive that continues an earlier one can be added. Nobody else may write to the log meanwhile.
 * If somebody does, the next batch is refused; `onProgress` has said what was stored until then.
 *
 * Afterwards, the log gives its own events numbers above the horizon of the archive.
 *
 * @returns what this call has stored: no events if the log had them all already.
 * @throws `NotAnArchiveError` (`NOT_AN_ARCHIVE`), `ArchiveTooNewError` (`ARCHIVE_TOO_NEW`), `ArchiveIncompleteError`
 * (`ARCHIVE_INCOMPLETE`) or `ArchiveDamagedError` (`ARCHIVE_DAMAGED`) when the file is not what it should be.
 * @throws `OtherLogError` (`OTHER_LOG`) when the log has other events than the archive, or lacks those before it.
 * @throws `UntransferableEventError` (`UNTRANSFERABLE_EVENT`) for an event that the library would not have stored so.
 * @throws `LogChangedError` (`LOG_CHANGED`) when somebody else has written to the log.
 * @throws `UnsupportedByAdapterError` (`UNSUPPORTED_BY_ADAPTER`) when the adapter has no `restore` or `storage.storedTexts`.
 * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) on PostgreSQL without the rights of the log's owner.
 *
 * @example
 * ```ts
 * await importLog({ from: "2026-11-30.ndjson.gz", to: adapter, onProgress: ({ events }) => console.log(events) });
 * ```
 */
export async function importLog(options: ImportOptions): Promise<ImportedLog> {
  const { from, to, asRead = false } = withKnownMembers("The options of importLog", options, OPTIONS);
  refuseWithoutRestore(to);
  const decoder = new ArchiveDecoder(options.signal);
  try {
    if ((await stat(from)).size >= LARGE_ARCHIVE_BYTES) decoder.start();
    const archive = await checkWholeArchive(from, options.signal);
    const newest = await newestEventOf(to);
    const { header, trailer, version } = archive;
    let batches: AsyncIterable<readonly EventText[]> = noBatches();
    if (!(await hasAll(to, newest, archive))) {
      const request = { file: from, events: trailer.events, behind: placeInArchive(newest, archive), asRead };
      batches = unchangedBatches(decoder.batches(request), { file: from, version });
    }
    const restored = await restoreEvents(
      { to, restored: { events: 0, newest }, batches, horizon: trailer.horizon },
      options,
    );
    return { ...restored, header, trailer };
  } finally {
    await decoder.dispose();
  }
}

/** From which size on reading an archive takes about as long as starting a thread. One that is refused starts it for nothing. */
const LARGE_ARCHIVE_BYTES = 8_000_000;

async function* noBatches(): AsyncGenerator<never, void, undefined> {}

/**
 * The batches, each once the file is seen to be still the one that was whole: it is read a second time for them.
 *
 * @throws `ArchiveDamagedError` before the first batch that may be of something else.
 */
async function* unchangedBatches<T>(
  batches: AsyncIterable<T>,
  { file, version }: { readonly file: string; readonly version: string },
): AsyncGenerator<T, void, undefined> {
  for await (const batch of batches) {
    if ((await versionOf(file)) !== version) {
      throw new ArchiveDamagedError({ file, reason: "it was changed while it was imported" });
    }
    yield batch;
  }
}

/**
 * Whether a log that goes beyond the archive, or just as far, has what is in it.
 *
 * @throws `OtherLogError` when it has other events there.
 */
async function hasAll(
  to: EventStorageAdapter,
  newest: NewestEvent | undefined,
  { header, trailer }: WholeArchive,
): Promise<boolean> {
  const last = trailer.newest ?? header.after;
  if (last === undefined) return true;
  if (newest === undefined || newest.sequenceNumber < last.sequenceNumber) return false;
  if (isSameEvent(await newestEventOf(to, last.sequenceNumber), last)) return true;
  throw new OtherLogError({ newest, reason: `the log does not have ${last.id}, the last event of the archive` });
}

/**
 * The event that an import goes on behind, if it is one of the archive.
 *
 * @throws `OtherLogError` when the archive goes on behind an event that the log has not come to, or does not have.
 */
function placeInArchive(newest: NewestEvent | undefined, { header: { after } }: WholeArchive): NewestEvent | undefined {
  if (isSameEvent(newest, after)) return undefined;
  if (newest !== undefined && newest.sequenceNumber > (after?.sequenceNumber ?? 0)) return newest;
  const reason = `the archive goes on behind ${after?.id} with sequence number ${after?.sequenceNumber}`;
  throw new OtherLogError({ newest, reason });
}
