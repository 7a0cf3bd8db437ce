import type { EventText } from "@eventfold/store/adapter";
import { textArray, writeInt8, writeTimestamp } from "../connection/binary-array.ts";

// Rows in the binary form of COPY: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4

const SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const END = -1;
const NULL = -1;

/** The columns of {@link copiedEvents}. */
export const EVENT_COLUMNS =
  "sequence_number, id, category, stream, position, name, version, size, observed_at, occurred_at, payload, metadata, tags";

/** The columns of {@link copiedTags}. */
export const TAG_COLUMNS = "tag, sequence_number, name";

/** About how many bytes are sent at once: the server stores them while those that follow are made. */
const CHUNK_BYTES = 131_072;

/** The rows of events for the events table, in chunks. */
export function* copiedEvents(events: readonly EventText[]): Generator<Buffer, void, undefined> {
  let rows = new CopyRows(CHUNK_BYTES);
  rows.start();
  for (const event of events) {
    const mostBytes = mostBytesOf(event);
    if (!rows.hasRoomFor(mostBytes)) {
      yield rows.written;
      rows = new CopyRows(Math.max(CHUNK_BYTES, mostBytes + 2));
    }
    addEvent(rows, event);
  }
  rows.end();
  yield rows.written;
}

/** The rows of the events' tags for the table of tags; `undefined` if there are none. */
export function copiedTags(
  events: readonly EventText[],
): { readonly rows: readonly Buffer[]; readonly count: number } | undefined {
  const tagged = events.flatMap(({ tags, sequenceNumber, name }) => tags.map((tag) => ({ tag, sequenceNumber, name })));
  if (tagged.length === 0) return undefined;
  const mostBytes = tagged.reduce((bytes, { tag, name }) => bytes + 22 + 3 * (tag.length + name.length), 0);
  const rows = new CopyRows(SIGNATURE.length + mostBytes + 2);
  rows.start();
  for (const { tag, sequenceNumber, name } of tagged) {
    rows.begin(3);
    rows.text(tag);
    rows.int8(sequenceNumber);
    rows.text(name);
  }
  rows.end();
  return { rows: [rows.written], count: tagged.length };
}

function addEvent(rows: CopyRows, event: EventText): void {
  const { tags } = event;
  rows.begin(13);
  rows.int8(event.sequenceNumber);
  rows.uuid(event.id);
  rows.text(event.category);
  rows.text(event.stream);
  rows.int4(event.position);
  rows.text(event.name);
  rows.int4(event.version);
  const size = rows.later4();
  rows.timestamp(event.observedAtMs);
  rows.timestamp(event.occurredAtMs);
  let bytes = rows.text(event.payload);
  bytes += event.metadata === null ? rows.null() : rows.text(event.metadata);
  if (tags.length === 0) rows.null();
  else rows.bytes(textArray(tags));
  for (const tag of tags) bytes += Buffer.byteLength(tag);
  size(bytes);
}

/** The most bytes of a row: 3 for each UTF-16 unit, and what does not vary. */
function mostBytesOf({ category, stream, name, payload, metadata, tags }: EventText): number {
  let units = category.length + stream.length + name.length + payload.length + (metadata?.length ?? 0);
  for (const tag of tags) units += tag.length + 2;
  return 150 + 3 * units;
}

/** Rows in one buffer. */
class CopyRows {
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(mostBytes: number) {
    this.#buffer = Buffer.allocUnsafe(mostBytes);
  }

  get written(): Buffer {
    return this.#buffer.subarray(0, this.#offset);
  }

  /** Whether rows of so many bytes go in, and the end behind them. */
  hasRoomFor(bytes: number): boolean {
    return this.#offset + bytes + 2 <= this.#buffer.length;
  }

  start(): void {
    this.#offset += SIGNATURE.copy(this.#buffer, this.#offset);
  }

  begin(fields: number): void {
    this.#offset = this.#buffer.writeInt16BE(fields, this.#offset);
  }

  /** Returns how many bytes of it count: none. */
  null(): number {
    this.#offset = this.#buffer.writeInt32BE(NULL, this.#offset);
    return 0;
  }

  int4(value: number): void {
    this.#length(4);
    this.#offset = this.#buffer.writeInt32BE(value, this.#offset);
  }

  /** A field of which the value is known later; returns the function that sets it. */
  later4(): (value: number) => void {
    this.#length(4);
    const at = this.#offset;
    this.#offset += 4;
    return (value) => this.#buffer.writeInt32BE(value, at);
  }

  int8(value: number): void {
    this.#length(8);
    writeInt8(this.#buffer, value, this.#offset);
    this.#offset += 8;
  }

  timestamp(epochMs: number): void {
    this.#length(8);
    writeTimestamp(this.#buffer, epochMs, this.#offset);
    this.#offset += 8;
  }

  uuid(id: string): void {
    this.#length(16);
    this.#offset += this.#buffer.write(id.replaceAll("-", ""), this.#offset, "hex");
  }

  /** Returns how many bytes it takes. */
  text(text: string): number {
    const bytes = this.#buffer.write(text, this.#offset + 4);
    this.#length(bytes);
    this.#offset += bytes;
    return bytes;
  }

  bytes(value: Buffer): void {
    this.#length(value.length);
    this.#offset += value.copy(this.#buffer, this.#offset);
  }

  end(): void {
    this.#offset = this.#buffer.writeInt16BE(END, this.#offset);
  }

  #length(bytes: number): void {
    this.#offset = this.#buffer.writeInt32BE(bytes, this.#offset);
  }
}
