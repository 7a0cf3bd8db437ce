import type { SourceIdentifier } from "@eventfold/types";
import { compareCodePoints } from "./code-point-order.ts";
import type { MemoryRecord } from "./memory-record.ts";

interface MemoryCategory {
  readonly records: MemoryRecord[];
  readonly streams: Map<string, MemoryRecord[]>;
}

const NO_RECORDS: readonly MemoryRecord[] = [];

/**
 * All records, in order, indexed by source, by tag and by id. Records that an open transaction has added are at the end of
 * every list, after `committed`; readers outside the transaction stop there.
 */
export class MemoryEventLog {
  readonly #records: MemoryRecord[] = [];
  /** Those of the library's own categories too. */
  readonly #all: MemoryRecord[] = [];
  readonly #categories = new Map<string, MemoryCategory>();
  readonly #byTag = new Map<string, MemoryRecord[]>();
  readonly #byId = new Map<string, MemoryRecord>();
  readonly #uncommitted: MemoryRecord[] = [];
  #last = 0;
  #committed = 0;

  /** The sequence number of the last record that is committed. */
  get committed(): number {
    return this.#committed;
  }

  /** The sequence number of the next record. */
  get next(): number {
    return this.#last + 1;
  }

  /** The number of records that are committed, of the library's own categories too. */
  get count(): number {
    return this.#all.length - this.#uncommitted.length;
  }

  /** All records in order, those of the library's own categories and of open transactions too. */
  everyRecord(): Iterable<MemoryRecord> {
    return this.#all;
  }

  /** The last record of all categories, the library's own too. */
  get newest(): MemoryRecord | undefined {
    return this.#all.at(-1);
  }

  recordsOf(source: SourceIdentifier): readonly MemoryRecord[] {
    switch (source.kind) {
      case "log":
        return this.#records;
      case "category":
        return this.#categories.get(source.category)?.records ?? NO_RECORDS;
      case "stream":
        return this.streamRecords(source.category, source.stream);
    }
  }

  /** As {@link recordsOf}, but the log has the records of the library's own categories too. */
  storedRecordsOf(source: SourceIdentifier): readonly MemoryRecord[] {
    return source.kind === "log" ? this.#all : this.recordsOf(source);
  }

  streamRecords(category: string, stream: string): readonly MemoryRecord[] {
    return this.#categories.get(category)?.streams.get(stream) ?? NO_RECORDS;
  }

  /** The records of all categories, the library's own too, that have a tag. */
  taggedWith(tag: string): readonly MemoryRecord[] {
    return this.#byTag.get(tag) ?? NO_RECORDS;
  }

  byId(id: string): MemoryRecord | undefined {
    return this.#byId.get(id);
  }

  /** The public categories with a record up to a sequence number, in code-point order. */
  categoryNames(horizon: number): string[] {
    const names = [...this.#categories].filter(([name, { records }]) => isPublic(name) && hasRecord(records, horizon));
    return names.map(([name]) => name).sort(compareCodePoints);
  }

  /** The streams of a category with a record up to a sequence number, in code-point order. */
  streamNames(category: string, horizon: number): string[] {
    const streams = [...(this.#categories.get(category)?.streams ?? [])];
    return streams
      .filter(([, records]) => hasRecord(records, horizon))
      .map(([name]) => name)
      .sort(compareCodePoints);
  }

  append(record: MemoryRecord): void {
    const category = this.#category(record.category);
    const stream = category.streams.get(record.stream);
    if (stream === undefined) category.streams.set(record.stream, [record]);
    else stream.push(record);
    category.records.push(record);
    this.#all.push(record);
    if (isPublic(record.category)) this.#records.push(record);
    if (record.tags.length > 0) this.#addTags(record);
    this.#byId.set(record.id, record);
    this.#uncommitted.push(record);
    this.#last = record.sequenceNumber;
  }

  /** Gives no record a number up to this one any more. */
  passNumbers(upTo: number): void {
    this.#last = Math.max(this.#last, upTo);
  }

  commit(): void {
    this.#uncommitted.length = 0;
    this.#committed = this.#last;
  }

  /** Removes what was appended since the last commit. Its sequence numbers are not used again. */
  rollback(): void {
    for (const record of this.#uncommitted.splice(0)) {
      const category = this.#category(record.category);
      category.streams.get(record.stream)?.pop();
      category.records.pop();
      this.#all.pop();
      if (isPublic(record.category)) this.#records.pop();
      for (const tag of record.tags) this.#byTag.get(tag)?.pop();
      this.#byId.delete(record.id);
    }
  }

  #addTags(record: MemoryRecord): void {
    for (const tag of record.tags) {
      const tagged = this.#byTag.get(tag);
      if (tagged === undefined) this.#byTag.set(tag, [record]);
      else tagged.push(record);
    }
  }

  #category(name: string): MemoryCategory {
    let category = this.#categories.get(name);
    if (category === undefined) {
      category = { records: [], streams: new Map() };
      this.#categories.set(name, category);
    }
    return category;
  }
}

/** Whether a category is a caller's, and so a part of the log. */
export function isPublic(category: string): boolean {
  return !category.startsWith("$");
}

function hasRecord(records: readonly MemoryRecord[], horizon: number): boolean {
  const [first] = records;
  return first !== undefined && first.sequenceNumber <= horizon;
}
