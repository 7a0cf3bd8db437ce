import type { AllowedPositions, PreparedEvent, SaveRequest, StreamWrite } from "@eventfold/store";
import type { Row } from "../connection/client.ts";
import type { StatementCache } from "../connection/statement-cache.ts";
import { sqliteCodeOf } from "../connection/storage-error.ts";
import type { WrittenPublish } from "./verdict.ts";

const LATEST_POSITION = `coalesce((SELECT position FROM eventfold_events INDEXED BY eventfold_events_by_stream
    WHERE category = new_category AND stream = new_stream ORDER BY position DESC LIMIT 1), -1)`;

/** The values come by one row of their own, so that each is bound once. */
function insert({ position, condition }: { readonly position: string; readonly condition: string }): string {
  return `INSERT INTO eventfold_events
    (category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata)
    SELECT new_category, new_stream, ${position}, unhex(new_id, '-'), new_name, new_version, new_observed_at,
      new_occurred_at, new_payload, new_metadata
    FROM (SELECT ? AS new_category, ? AS new_stream, ? AS new_id, ? AS new_name, ? AS new_version,
      ? AS new_observed_at, ? AS new_occurred_at, ? AS new_payload, ? AS new_metadata, ? AS expected)
    WHERE ${condition} RETURNING position, sequence_number`;
}

const AT_ANY_POSITION = insert({ position: `${LATEST_POSITION} + 1`, condition: "expected IS NULL" });
const AT_ONE_POSITION = insert({ position: "expected + 1", condition: `${LATEST_POSITION} = expected` });

/**
 * Judges and writes a publish of one event in one statement: about two thirds of what looking up its id, looking up its
 * stream and inserting it cost one by one. It only finds out *that* a publish cannot go through, not why.
 */
export class SingleEventInsert {
  readonly #statements: StatementCache;

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** `undefined`, with nothing written, when the publish is not of one event, or must be judged. */
  written(request: SaveRequest): WrittenPublish | undefined {
    const [write] = request.writes;
    const [event] = write?.events ?? [];
    if (write === undefined || event === undefined || request.writes.length > 1 || write.events.length > 1) return;
    const expected = expectedPosition(write.allowed);
    if (expected === undefined) return;
    const row = this.#inserted(write, event, expected);
    if (row === undefined) return;
    return { kind: "written", request, firstPositions: [row[0] as number], sequenceNumbers: [row[1] as number] };
  }

  /** `undefined` when nothing was inserted, because the latest position is another one or the id is taken. */
  #inserted({ category, stream }: StreamWrite, event: PreparedEvent, expected: number | null): Row | undefined {
    const { id, name, version, observedAtMs, occurredAtMs, payload, metadata } = event;
    const insert = this.#statements.prepared(expected === null ? AT_ANY_POSITION : AT_ONE_POSITION);
    try {
      return insert.get(category, stream, id, name, version, observedAtMs, occurredAtMs, payload, metadata, expected);
    } catch (error) {
      if (isTaken(error)) return undefined;
      throw error;
    }
  }
}

/** Whether an id, or a position, was taken. SQLite then undoes the statement alone, and the transaction goes on. */
export function isTaken(error: unknown): boolean {
  return sqliteCodeOf(error) === "SQLITE_CONSTRAINT_UNIQUE";
}

/** The one latest position that is allowed; `null` when all are; `undefined` when it is neither. */
function expectedPosition(allowed: AllowedPositions | undefined): number | null | undefined {
  if (allowed === undefined) return null;
  return allowed.complement || allowed.positions.length !== 1 ? undefined : allowed.positions[0];
}
