import {
  type CheckedRestoreBatch,
  DuplicateEventIdError,
  EMPTY_STREAM_POSITION,
  type EventText,
  isSameEvent,
  LogChangedError,
  type NewestEvent,
  positionFault,
} from "@eventfold/store/adapter";
import type { PreparedStatement, StatementCache } from "../connection/statement-cache.ts";
import { notWritten, sqliteCodeOf } from "../connection/translate-error.ts";
import { uuidOf } from "../reading/uuid-of.ts";
import { LATEST_POSITION } from "./latest-position.ts";
import { PLACE_OF_ID } from "./stored-ids.ts";

const NEWEST = "SELECT sequence_number, lower(hex(id)) FROM eventfold_events ORDER BY sequence_number DESC LIMIT 1";

const INSERT = `INSERT INTO eventfold_events
  (sequence_number, category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata, tags)
  VALUES (?, ?, ?, ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?)`;

const INSERT_TAG = "INSERT INTO eventfold_event_tags (tag, sequence_number, name) VALUES (?, ?, ?)";

const MOVE_SEQUENCE = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'eventfold_events'";
const BEGIN_SEQUENCE = "INSERT INTO sqlite_sequence (name, seq) VALUES ('eventfold_events', ?)";

/**
 * Writes a batch of restored events inside an open transaction that holds the write lock, and is rolled back if this throws. That
 * numbers lie above the horizon is said by the newest event, which is the horizon. Yields now and then.
 */
export function* writeBatch(statements: StatementCache, batch: CheckedRestoreBatch): Generator<void, void> {
  const { newest: expected, events, firstOfStreams, upTo } = batch;
  const newest = newestEvent(statements);
  if (!isSameEvent(expected, newest)) throw new LogChangedError({ expected, newest });
  for (const first of firstOfStreams) {
    const [latest] = statements.prepared(LATEST_POSITION).get(first.category, first.stream) ?? [];
    const next = ((latest as number | null | undefined) ?? EMPTY_STREAM_POSITION) + 1;
    if (first.position !== next) throw positionFault(first, next);
    yield;
  }
  moveSequence(statements, upTo);
  try {
    const inserts = { event: statements.prepared(INSERT), tag: statements.prepared(INSERT_TAG) };
    for (const event of events) {
      insert(inserts, event);
      yield;
    }
  } catch (error) {
    throw sqliteCodeOf(error) === "SQLITE_CONSTRAINT_UNIQUE" ? takenIds(statements, events) : error;
  }
}

function newestEvent(statements: StatementCache): NewestEvent | undefined {
  const [sequenceNumber, hexId] = statements.prepared(NEWEST).get() ?? [];
  return sequenceNumber === undefined
    ? undefined
    : { sequenceNumber: Number(sequenceNumber), id: uuidOf(String(hexId)) };
}

/** SQLite numbers the next event above this, and above those that are inserted. It has no row before the first event. */
function moveSequence(statements: StatementCache, upTo: number): void {
  if (upTo === 0) return;
  const { changes } = statements.prepared(MOVE_SEQUENCE).run(upTo);
  if (changes === 0) statements.prepared(BEGIN_SEQUENCE).run(upTo);
}

/** The statements that insert an event and a tag of it. */
interface Inserts {
  readonly event: PreparedStatement;
  readonly tag: PreparedStatement;
}

function insert(inserts: Inserts, event: EventText): void {
  const { sequenceNumber, category, stream, position, id, name, version, observedAtMs, occurredAtMs } = event;
  const place = [sequenceNumber, category, stream, position, id] as const;
  const tags = event.tags.length === 0 ? null : JSON.stringify(event.tags);
  const { changes } = inserts.event.run(
    ...place,
    ...[name, version, observedAtMs, occurredAtMs, event.payload, event.metadata, tags],
  );
  if (changes !== 1) throw notWritten("an event");
  for (const tag of event.tags) {
    if (inserts.tag.run(tag, sequenceNumber, name).changes !== 1) throw notWritten("a tag of an event");
  }
}

/** Positions are free, as was looked up; so an id is taken. The transaction holds events of the batch by now: they do not count. */
function takenIds(statements: StatementCache, events: readonly EventText[]): DuplicateEventIdError {
  const placeOf = statements.prepared(PLACE_OF_ID);
  const taken = events.filter(({ id, sequenceNumber }) => {
    const place = placeOf.get(id);
    return place !== undefined && place[0] !== sequenceNumber;
  });
  return new DuplicateEventIdError(taken.map(({ id }) => id));
}
