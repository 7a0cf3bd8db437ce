import { EventfoldError } from "@eventfold/types";

/** What an error of an archive is made from. */
interface ArchiveErrorOptions {
  /** The file, as it was given. */
  readonly file: string;
}

/** A file is not an archive of eventfold: its first line is not a header. Nothing was stored. */
export class NotAnArchiveError extends EventfoldError {
  declare readonly code: "NOT_AN_ARCHIVE";
  /** The file, as it was given. */
  readonly file: string;

  constructor({ file }: ArchiveErrorOptions) {
    super(
      `${JSON.stringify(file)} is not an archive: its first line is not the header of one. Give a file that an export has made.`,
      { code: "NOT_AN_ARCHIVE" },
    );
    this.file = file;
  }
}

/** An archive was made by a newer release, in a format that this one does not know. Nothing was stored. */
export class ArchiveTooNewError extends EventfoldError {
  declare readonly code: "ARCHIVE_TOO_NEW";
  /** The file, as it was given. */
  readonly file: string;
  /** The version of the file's format. */
  readonly format: number;
  /** The newest version that this release knows. */
  readonly knownFormat: number;

  constructor({
    file,
    format,
    knownFormat,
  }: ArchiveErrorOptions & { readonly format: number; readonly knownFormat: number }) {
    super(
      `The archive ${JSON.stringify(file)} has format ${format}, but this release knows formats up to ${knownFormat}. Update @eventfold/operations.`,
      { code: "ARCHIVE_TOO_NEW" },
    );
    this.file = file;
    this.format = format;
    this.knownFormat = knownFormat;
  }
}

/** An archive has no trailer: its export was interrupted, or the file was cut off on its way. Nothing was stored. */
export class ArchiveIncompleteError extends EventfoldError {
  declare readonly code: "ARCHIVE_INCOMPLETE";
  /** The file, as it was given. */
  readonly file: string;

  constructor({ file, cause }: ArchiveErrorOptions & { readonly cause?: unknown }) {
    super(
      `The archive ${JSON.stringify(file)} is not whole: it ends without a trailer. Its export was interrupted, or the file was cut off on its way. Nothing of it was stored. Export again, or copy the file again.`,
      { code: "ARCHIVE_INCOMPLETE", cause },
    );
    this.file = file;
  }
}

/** What an {@link ArchiveDamagedError} is made from. */
export interface ArchiveDamagedErrorOptions extends ArchiveErrorOptions {
  /** What is wrong, as the end of a sentence: `its checksum differs`. */
  readonly reason: string;
  /** The line that is wrong, from 1, where it is a certain one. */
  readonly line?: number | undefined;
  readonly cause?: unknown;
}

/** The bytes of an archive are not those that were written: it was edited, or damaged on its way. */
export class ArchiveDamagedError extends EventfoldError {
  declare readonly code: "ARCHIVE_DAMAGED";
  /** The file, as it was given. */
  readonly file: string;
  /** The line that is wrong, from 1; `undefined` where none in particular is. */
  readonly line: number | undefined;

  constructor({ file, reason, line, cause }: ArchiveDamagedErrorOptions) {
    const place = line === undefined ? "" : ` in line ${line}`;
    super(
      `The archive ${JSON.stringify(file)} is damaged${place}: ${reason}. Nothing from there on was stored. Export again, or copy the file again.`,
      { code: "ARCHIVE_DAMAGED", cause },
    );
    this.file = file;
    this.line = line;
  }
}

/** There is a file already where an archive is to be written. It was left as it is. */
export class ArchiveExistsError extends EventfoldError {
  declare readonly code: "ARCHIVE_EXISTS";
  /** The file, as it was given. */
  readonly file: string;

  constructor({ file }: ArchiveErrorOptions) {
    super(`There is a file ${JSON.stringify(file)} already. Name another one, or remove it first.`, {
      code: "ARCHIVE_EXISTS",
    });
    this.file = file;
  }
}

/** This release of Node cannot read or write Zstandard. */
export class CompressionUnavailableError extends EventfoldError {
  declare readonly code: "COMPRESSION_UNAVAILABLE";
  /** The file, as it was given. */
  readonly file: string;

  constructor({ file }: ArchiveErrorOptions) {
    super(
      `${JSON.stringify(file)} is compressed with Zstandard, which Node has from 22.15 on, and this is ${process.version}. Update Node, or use gzip: a file name that ends in ".gz".`,
      { code: "COMPRESSION_UNAVAILABLE" },
    );
    this.file = file;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    ARCHIVE_DAMAGED: ArchiveDamagedError;
    ARCHIVE_EXISTS: ArchiveExistsError;
    ARCHIVE_INCOMPLETE: ArchiveIncompleteError;
    ARCHIVE_TOO_NEW: ArchiveTooNewError;
    COMPRESSION_UNAVAILABLE: CompressionUnavailableError;
    NOT_AN_ARCHIVE: NotAnArchiveError;
  }
}
