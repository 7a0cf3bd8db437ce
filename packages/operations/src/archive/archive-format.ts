import type { NewestEvent, OrderingGuarantee } from "@eventfold/store/adapter";
import { isJsonObject, type JsonValue } from "@eventfold/types";

/** The version of the format that this release writes, and the newest that it reads. */
export const ARCHIVE_FORMAT = 1;

/** The first line of an archive: what it holds. */
export interface ArchiveHeader {
  /** The version of the format. */
  readonly format: number;
  /** What the log was created with. A log of another guarantee may take the events all the same. */
  readonly orderingGuarantee: OrderingGuarantee;
  /** The event that the archive goes on behind; `undefined`: it begins with the first event of the log. */
  readonly after: NewestEvent | undefined;
  /** The number up to which, inclusive, the archive has all events that follow. */
  readonly upTo: number;
}

/** The last line of an archive. Without it a file is not whole. */
export interface ArchiveTrailer {
  /** How many events the archive has. */
  readonly events: number;
  /** The last of them; `undefined` if there are none. */
  readonly newest: NewestEvent | undefined;
  /**
   * A log that has taken the events gives none of the numbers up to this one to an event of its own: checkpoints that come
   * along may be there already, and would pass over it.
   */
  readonly horizon: number;
  /** What `digestLog` gives for a log of just these events. */
  readonly digest: string;
  /** SHA-256 of all bytes of the uncompressed archive before `,"sha256"` of the trailer, in lower-case hexadecimal. */
  readonly sha256: string;
}

/** The header as it is written, without a line break. */
export function printHeader({ format, orderingGuarantee, after, upTo }: ArchiveHeader): string {
  return JSON.stringify({ eventfold: "log", format, orderingGuarantee, after: after ?? null, upTo });
}

/** What of the trailer the SHA-256 covers, up to the comma before it. */
export function printTrailerStart({ events, newest, horizon, digest }: Omit<ArchiveTrailer, "sha256">): string {
  return JSON.stringify({ eventfold: "end", events, newest: newest ?? null, horizon, digest }).slice(0, -1);
}

/** The rest of the trailer. */
export function printTrailerEnd(sha256: string): string {
  return `,"sha256":"${sha256}"}`;
}

/** Where in the bytes of a last line the end of a trailer begins; -1 if it does not end as a trailer does. */
export function trailerEndIn(lastLine: Buffer): number {
  const start = lastLine.length - printTrailerEnd("0".repeat(SHA_256_LENGTH)).length;
  return start > 0 && lastLine.subarray(start).toString("latin1").startsWith(',"sha256":"') ? start : -1;
}

const SHA_256_LENGTH = 64;

/** The version of the format that a line claims to be the header of; `undefined`: it is not a header. */
export function formatOf(line: string): number | undefined {
  const members = membersOf(line);
  return members?.eventfold === "log" && isCount(members.format) ? members.format : undefined;
}

/** Reads what {@link printHeader} wrote; `undefined`: it is not a header of this format. */
export function parseHeader(line: string): ArchiveHeader | undefined {
  const { eventfold, format, orderingGuarantee, after, upTo } = membersOf(line) ?? {};
  if (eventfold !== "log" || !isCount(format) || !isCount(upTo) || !isOrderingGuarantee(orderingGuarantee))
    return undefined;
  if (!isPlace(after)) return undefined;
  return { format, orderingGuarantee, after: after ?? undefined, upTo };
}

/** Reads a trailer; `undefined`: the line is none. */
export function parseTrailer(line: string): ArchiveTrailer | undefined {
  const { eventfold, events, newest, horizon, digest, sha256 } = membersOf(line) ?? {};
  if (eventfold !== "end" || !isCount(events) || !isPlace(newest) || !isCount(horizon)) return undefined;
  if (!isSha256(digest) || !isSha256(sha256)) return undefined;
  return { events, newest: newest ?? undefined, horizon, digest, sha256 };
}

function membersOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: JsonValue = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The place of an event, or `null` for none. */
function isPlace(value: unknown): value is NewestEvent | null {
  if (typeof value !== "object" || value === null) return value === null;
  return "sequenceNumber" in value && isCount(value.sequenceNumber) && "id" in value && typeof value.id === "string";
}

function isSha256(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function isOrderingGuarantee(value: unknown): value is OrderingGuarantee {
  return value === "log" || value === "category" || value === "stream";
}
