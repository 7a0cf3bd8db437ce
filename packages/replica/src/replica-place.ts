import type { NewestEvent } from "@eventfold/types";
import type BetterSqlite3 from "better-sqlite3";

/** How far a replica has come in the log that it follows. */
export interface ReplicaPlace {
  /** Everything that the log has, or can still get, at or below this sequence number is in the file. */
  readonly upTo: number;
  /** The newest event that was copied; `undefined`: none yet. What comes next is copied from here. */
  readonly newest: NewestEvent | undefined;
}

const CREATE = `CREATE TABLE IF NOT EXISTS eventfold_replica (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    up_to INTEGER NOT NULL CHECK (up_to >= 0),
    newest_sequence_number INTEGER,
    newest_id TEXT,
    CHECK ((newest_sequence_number IS NULL) = (newest_id IS NULL))
  ) STRICT`;

const IS_CREATED = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'eventfold_replica'";

const READ = "SELECT up_to, newest_sequence_number, newest_id FROM eventfold_replica";

const WRITE = `INSERT INTO eventfold_replica (singleton, up_to, newest_sequence_number, newest_id) VALUES (1, ?, ?, ?)
  ON CONFLICT DO UPDATE SET up_to = excluded.up_to,
    newest_sequence_number = excluded.newest_sequence_number, newest_id = excluded.newest_id`;

/** Makes the table of the place. It is also what says that a file is a replica. */
export function createPlace(client: BetterSqlite3.Database): void {
  client.exec(CREATE);
  writePlace(client, { upTo: 0, newest: undefined });
}

/** The place in a file; `undefined`: the file is no replica. */
export function readPlace(client: BetterSqlite3.Database): ReplicaPlace | undefined {
  if (client.prepare<[], number>(IS_CREATED).pluck().get() === 0) return undefined;
  const row = client.prepare<[], readonly [number, number | null, string | null]>(READ).raw().get();
  if (row === undefined) return undefined;
  const [upTo, sequenceNumber, id] = row;
  return { upTo, newest: sequenceNumber === null || id === null ? undefined : { sequenceNumber, id } };
}

/** Stores the place, in the transaction that is open on the connection. */
export function writePlace(client: BetterSqlite3.Database, { upTo, newest }: ReplicaPlace): void {
  client.prepare(WRITE).run(upTo, newest?.sequenceNumber ?? null, newest?.id ?? null);
}
