import type { PreparedProjection } from "@eventfold/projections";
import type { Cell } from "../connection/client.ts";
import type { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";
import { sourceText } from "./projection-row.ts";

/** How many rows a statement writes where it can: 2.0 µs each, 3.0 in one of their own; more of them gain nothing. */
const MANY_ROWS = 16;

/** The driver copies what is bound, so large states go in small statements. */
const MOST_TEXT = 4 * 1024 * 1024;

/** The two ways to write rows: the lean one leaves out those that another source had. */
interface UpsertTexts {
  readonly ofSameSource: string;
  readonly ofAnySource: string;
}

const ONE = upsertTexts(1);
const MANY = upsertTexts(MANY_ROWS);

/** Inserts projections or replaces them. */
export function upsert(statements: StatementCache, projections: readonly PreparedProjection[]): void {
  for (let start = 0; start < projections.length; ) {
    const rows = rowsFrom(projections, start);
    const { ofSameSource, ofAnySource } = rows.length === MANY_ROWS ? MANY : ONE;
    const values = valuesOf(rows);
    const { changes } = statements.prepared(ofSameSource).run(...values);
    if (changes < rows.length && statements.prepared(ofAnySource).run(...values).changes < rows.length) {
      throw notWritten("a projection");
    }
    start += rows.length;
  }
}

function rowsFrom(projections: readonly PreparedProjection[], start: number): readonly PreparedProjection[] {
  const many = projections.slice(start, start + MANY_ROWS);
  const isMany = many.length === MANY_ROWS && many.reduce((sum, { state }) => sum + state.length, 0) <= MOST_TEXT;
  return isMany ? many : many.slice(0, 1);
}

/**
 * Setting a source, even to the same value, rewrites its index entry, which is a third of the cost of a row. So rows
 * with the same source are first replaced without it.
 */
function upsertTexts(rows: number): UpsertTexts {
  const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?)";
  const upserting = `INSERT INTO eventfold_projections
    (name, projector_version, id, last_sequence_number, last_position, is_removed, source, metadata, state)
    VALUES ${`${row}, `.repeat(rows - 1)}${row}
  ON CONFLICT (name, projector_version, id) DO UPDATE SET last_sequence_number = excluded.last_sequence_number,
    last_position = excluded.last_position, is_removed = excluded.is_removed, metadata = excluded.metadata, state = excluded.state`;
  return {
    ofSameSource: `${upserting} WHERE source = excluded.source`,
    ofAnySource: `${upserting}, source = excluded.source`,
  };
}

function valuesOf(projections: readonly PreparedProjection[]): Cell[] {
  const values: Cell[] = [];
  for (const {
    name,
    projectorVersion,
    id,
    lastSequenceNumber,
    lastPosition = null,
    isRemoved,
    ...rest
  } of projections) {
    values.push(name, projectorVersion, id, lastSequenceNumber, lastPosition, isRemoved ? 1 : 0);
    values.push(sourceText(rest.source), rest.metadata, rest.state);
  }
  return values;
}
