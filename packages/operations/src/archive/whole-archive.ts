import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { RESTORE_LIMIT_NUMBER } from "@eventfold/store/adapter";
import {
  ARCHIVE_FORMAT,
  type ArchiveHeader,
  type ArchiveTrailer,
  formatOf,
  parseHeader,
  parseTrailer,
  trailerEndIn,
} from "./archive-format.ts";
import { archiveLines } from "./archive-lines.ts";
import {
  ArchiveDamagedError,
  ArchiveIncompleteError,
  ArchiveTooNewError,
  NotAnArchiveError,
} from "./errors/archive-errors.ts";

/** What an archive says of itself. */
export interface WholeArchive {
  readonly header: ArchiveHeader;
  readonly trailer: ArchiveTrailer;
  /** What {@link versionOf} its file was when it was read. */
  readonly version: string;
}

/** What is another one as soon as a file is written to, or replaced. */
export async function versionOf(file: string): Promise<string> {
  const { ino, size, ctimeNs } = await stat(file, { bigint: true });
  return `${ino} ${size} ${ctimeNs}`;
}

/**
 * Reads an archive to its end and makes sure that it is whole: every byte is as it was written, and there are as many lines as it
 * says. Nothing of it is parsed but its first and last lines.
 *
 * @throws `NotAnArchiveError`, `ArchiveTooNewError`, `ArchiveIncompleteError` or `ArchiveDamagedError` when it is not.
 * @throws as `archiveLines` does.
 */
export async function checkWholeArchive(file: string, signal?: AbortSignal): Promise<WholeArchive> {
  const version = await versionOf(file);
  const hash = createHash("sha256");
  let header: ArchiveHeader | undefined;
  let lastLine: Buffer = Buffer.alloc(0);
  let lineBreaks = 0;
  for await (const lines of archiveLines(file, signal)) {
    header ??= headerIn(file, lines);
    lineBreaks += lineBreaksIn(lines);
    hash.update(lastLine);
    const start = lines.lastIndexOf(LINE_BREAK, -2) + 1;
    hash.update(lines.subarray(0, start));
    lastLine = lines.subarray(start);
  }
  if (header === undefined) throw new NotAnArchiveError({ file });
  const trailer = lastLine.at(-1) === LINE_BREAK ? parseTrailer(lastLine.toString()) : undefined;
  const line = lastLine.subarray(0, -1);
  const end = trailerEndIn(line);
  if (trailer === undefined || end === -1) throw new ArchiveIncompleteError({ file });
  const sha256 = hash.update(line.subarray(0, end)).digest("hex");
  if (sha256 !== trailer.sha256) {
    throw new ArchiveDamagedError({ file, reason: `its SHA-256 is ${sha256}, but the trailer says ${trailer.sha256}` });
  }
  const events = lineBreaks - 2;
  if (events !== trailer.events) {
    throw new ArchiveDamagedError({
      file,
      reason: `it has ${events} lines of events, but the trailer says ${trailer.events}`,
    });
  }
  if (trailer.horizon > RESTORE_LIMIT_NUMBER) {
    throw new ArchiveDamagedError({
      file,
      reason: `its horizon is ${trailer.horizon}, and no log has numbers above 2^52`,
    });
  }
  return { header, trailer, version };
}

const LINE_BREAK = 0x0a;

function lineBreaksIn(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(LINE_BREAK); at !== -1; at = lines.indexOf(LINE_BREAK, at + 1)) count += 1;
  return count;
}

function headerIn(file: string, lines: Buffer): ArchiveHeader {
  const end = lines.indexOf(LINE_BREAK);
  const line = lines.subarray(0, end === -1 ? lines.length : end).toString();
  const format = formatOf(line);
  if (format === undefined) throw new NotAnArchiveError({ file });
  if (format > ARCHIVE_FORMAT) throw new ArchiveTooNewError({ file, format, knownFormat: ARCHIVE_FORMAT });
  const header = parseHeader(line);
  if (header === undefined)
    throw new ArchiveDamagedError({ file, reason: "its header is not what it should be", line: 1 });
  return header;
}
