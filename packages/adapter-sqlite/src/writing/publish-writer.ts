import {
  type AllowedPositions,
  EMPTY_STREAM_POSITION,
  type FailIf,
  isAllowed,
  judgedByIds,
  type PreparedEvent,
  type SaveRequest,
  type StreamWrite,
  unmetWrites,
} from "@eventfold/store/adapter";
import { logIdentifier, StorageFailedError, type StoredEvent } from "@eventfold/types";
import type { StatementCache } from "../connection/statement-cache.ts";
import { notWritten, sqliteCodeOf } from "../connection/translate-error.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "../reading/event-row.ts";
import { largeTextOf } from "../reading/large-text.ts";
import { MatchingRows } from "../reading/matching-rows.ts";
import type { StatementScope } from "../reading/read-scope.ts";
import { LATEST_POSITION } from "./latest-position.ts";
import { PLACE_OF_ID, type StoredId, storedIds } from "./stored-ids.ts";
import type { Verdict, WrittenPublish } from "./verdict.ts";

const INSERT = `INSERT INTO eventfold_events
  (category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata)
  VALUES (?, ?, ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?)`;

const INSERT_TAGGED = `INSERT INTO eventfold_events
  (category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata, tags)
  VALUES (?, ?, ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?)`;

const INSERT_TAG = "INSERT INTO eventfold_event_tags (tag, sequence_number, name) VALUES (?, ?, ?)";

const BY_SEQUENCE_NUMBER = `SELECT ${EVENT_COLUMNS} FROM eventfold_events WHERE sequence_number = ?`;

const UNDO = "DELETE FROM eventfold_events WHERE sequence_number >= ?";

/** A publish that did not go through, for an event that matches `failIf`, or for another reason that is still to be looked up. */
interface NotWritten {
  readonly kind: "not written";
  readonly match?: number;
}

const NOT_WRITTEN: NotWritten = { kind: "not written" };

/**
 * Judges and writes publishes inside an open transaction that holds the write lock. Nearly all go through, so a publish
 * is written first, and the unique indexes judge its ids; only if that fails, the reason is looked up. Looking up every
 * id beforehand would cost a third more. What a refused publish has written is undone, without a savepoint.
 */
export class PublishWriter {
  readonly #statements: StatementCache;
  /** The log as the transaction sees it, with what it has written. */
  readonly #scope: StatementScope;

  constructor(statements: StatementCache) {
    this.#statements = statements;
    this.#scope = { prepared: (sql) => statements.prepared(sql), visibleUpTo: Number.MAX_SAFE_INTEGER - 1 };
  }

  /**
   * Judges one publish and writes it unless it is a repeat, a duplicate, unmet or matched, which are looked for in this order. It
   * yields now and then, so that the caller can give others a turn. The caller must then run it to the end, or roll back.
   */
  *write(request: SaveRequest): Generator<void, Verdict> {
    const tried = yield* this.#tryWrite(request);
    return tried.kind === "written" ? tried : yield* this.#refusal(request, tried);
  }

  /**
   * Writes a publish of one event at once, which most are. `undefined`, with nothing written, if it has more events, has to be judged
   * by other events, or cannot go through as it is.
   */
  writeSingle(request: SaveRequest): WrittenPublish | undefined {
    const [write, another] = request.writes;
    if (write === undefined || another !== undefined || write.events.length !== 1 || request.failIf !== undefined)
      return;
    const latest = mustBeEmpty(write.allowed) ? undefined : this.#latestPosition(write);
    if (!isAllowed(write.allowed, latest)) return;
    const position = (latest ?? EMPTY_STREAM_POSITION) + 1;
    const event = write.events[0] as PreparedEvent;
    try {
      const sequenceNumber = this.#inserted(write, { event, position });
      for (const tag of event.tags) this.#insertTag(tag, sequenceNumber, event);
      return { kind: "written", request, firstPositions: [position], sequenceNumbers: [sequenceNumber] };
    } catch (error) {
      if (!isTaken(error)) throw error;
      return;
    }
  }

  /** Writes nothing when the publish cannot go through. */
  *#tryWrite(request: SaveRequest): Generator<void, WrittenPublish | NotWritten> {
    const latest = request.writes.map((write) => this.#latestPosition(write));
    if (unmetWrites(request.writes, (_, index) => latest[index]).length > 0) return NOT_WRITTEN;
    const match = yield* this.#firstMatch(request.failIf);
    if (match !== undefined) return { ...NOT_WRITTEN, match };
    const firstPositions = latest.map((position) => (position ?? -1) + 1);
    const sequenceNumbers: number[] = [];
    try {
      yield* this.#insert(request, { firstPositions, sequenceNumbers });
      yield* this.#insertTags(request, sequenceNumbers);
      return { kind: "written", request, firstPositions, sequenceNumbers };
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (sequenceNumbers[0] !== undefined) this.#statements.prepared(UNDO).run(sequenceNumbers[0]);
      return NOT_WRITTEN;
    }
  }

  *#refusal(request: SaveRequest, { match }: NotWritten): Generator<void, Verdict> {
    const stored = yield* storedIds(request, this.#statements.prepared(PLACE_OF_ID));
    const judgement = judgedByIds(request.writes, (id) => stored.get(id));
    if (judgement?.kind === "repeat") return { kind: "repeat", events: yield* this.#storedEvents(judgement.stored) };
    if (judgement !== undefined) return judgement;
    const unmet = unmetWrites(request.writes, (write) => this.#latestPosition(write));
    if (unmet.length > 0) return { kind: "unmet", unmet };
    if (match !== undefined) return { kind: "matched", sequenceNumber: match };
    throw new StorageFailedError(
      "A stream has gaps: it holds positions that were never published. Was it changed by hand?",
    );
  }

  /** The number of the first event that a publish is to fail for, among those of the log and of the transaction. */
  *#firstMatch(failIf: FailIf | undefined): Generator<void, number | undefined> {
    if (failIf === undefined) return undefined;
    const bounds = { matching: failIf.items, sequenceNumberAfter: failIf.after };
    const search = new MatchingRows(this.#scope, logIdentifier(), { bounds, direction: "forwards", limit: 1 });
    while (!search.isAtEnd) {
      const [row] = search.next();
      if (row !== undefined) return row[0];
      yield;
    }
    return undefined;
  }

  #latestPosition({ category, stream }: StreamWrite): number | undefined {
    const row = this.#statements.prepared(LATEST_POSITION).get(category, stream);
    return (row?.[0] as number | null | undefined) ?? undefined;
  }

  /** Adds the sequence numbers one by one, so that the caller knows what to undo. */
  *#insert(
    request: SaveRequest,
    {
      firstPositions,
      sequenceNumbers,
    }: Pick<WrittenPublish, "firstPositions"> & { readonly sequenceNumbers: number[] },
  ): Generator<void, void> {
    for (const [index, write] of request.writes.entries()) {
      let position = firstPositions[index] as number;
      for (const event of write.events) {
        sequenceNumbers.push(this.#inserted(write, { event, position: position++ }));
        yield;
      }
    }
  }

  #inserted(
    { category, stream }: StreamWrite,
    { event, position }: { readonly event: PreparedEvent; readonly position: number },
  ): number {
    const { id, name, version, observedAtMs, occurredAtMs, payload, metadata, tags } = event;
    const values = [
      category,
      stream,
      position,
      id,
      name,
      version,
      observedAtMs,
      occurredAtMs,
      payload,
      metadata,
    ] as const;
    const { changes, lastInsertRowid } =
      tags.length === 0
        ? this.#statements.prepared(INSERT).run(...values)
        : this.#statements.prepared(INSERT_TAGGED).run(...values, JSON.stringify(tags));
    if (changes !== 1) throw notWritten("an event");
    return Number(lastInsertRowid);
  }

  /** Once all events are in, for what is refused then has no tags to be undone. */
  *#insertTags({ writes }: SaveRequest, sequenceNumbers: readonly number[]): Generator<void, void> {
    let count = 0;
    for (const { events } of writes) {
      for (const event of events) {
        const sequenceNumber = sequenceNumbers[count++] as number;
        for (const tag of event.tags) {
          this.#insertTag(tag, sequenceNumber, event);
          yield;
        }
      }
    }
  }

  #insertTag(tag: string, sequenceNumber: number, { name }: PreparedEvent): void {
    const { changes } = this.#statements.prepared(INSERT_TAG).run(tag, sequenceNumber, name);
    if (changes !== 1) throw notWritten("a tag of an event");
  }

  *#storedEvents(stored: readonly (readonly StoredId[])[]): Generator<void, StoredEvent[][]> {
    const statement = this.#statements.prepared(BY_SEQUENCE_NUMBER);
    const textOf = largeTextOf(this.#statements);
    const events: StoredEvent[][] = [];
    for (const places of stored) {
      const found: StoredEvent[] = [];
      for (const { sequenceNumber } of places) {
        const row = statement.get(sequenceNumber);
        found.push(eventOf(row as unknown as EventRow, textOf));
        yield;
      }
      events.push(found);
    }
    return events;
  }
}

/** An empty stream needs no look-up: if it has an event already, the first position is taken. */
function mustBeEmpty(allowed: AllowedPositions | undefined): boolean {
  return (
    allowed?.complement === false && allowed.positions.length === 1 && allowed.positions[0] === EMPTY_STREAM_POSITION
  );
}

/** Whether an id, or a position, was taken. SQLite then undoes the statement alone, and the transaction goes on. */
function isTaken(error: unknown): boolean {
  return sqliteCodeOf(error) === "SQLITE_CONSTRAINT_UNIQUE";
}
