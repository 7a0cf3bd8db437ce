import type {
  BeatRequest,
  ProcessingSession,
  ReplacedSession,
  SessionBeginning,
  StalledSession,
} from "@eventfold/processing";
import { systemClock } from "@eventfold/types";
import type { Row } from "../connection/client.ts";
import type { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";

const ALL = `SELECT id, name, lease_ms, beat, subscriptions, beat_at FROM eventfold_processing_sessions ORDER BY name`;
const IS_LIVING = "SELECT 1 FROM eventfold_processing_sessions WHERE id = ?";
const OF_NAME = "SELECT id, beat FROM eventfold_processing_sessions WHERE name = ?";
const BEGIN = `INSERT INTO eventfold_processing_sessions (id, name, lease_ms, beat, subscriptions, beat_at)
  VALUES (?, ?, ?, 0, '[]', ?)`;
const BEAT = "UPDATE eventfold_processing_sessions SET beat = beat + 1, subscriptions = ?, beat_at = ? WHERE id = ?";
const EVICT = "DELETE FROM eventfold_processing_sessions WHERE id = ? AND beat = ?";
const END = "DELETE FROM eventfold_processing_sessions WHERE id = ?";

/** The living sessions. */
export class SessionRows {
  readonly #statements: StatementCache;

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** All living sessions, in code-point order of their names. */
  get all(): readonly ProcessingSession[] {
    return this.#statements.prepared(ALL).all().map(sessionOf);
  }

  isLiving(session: string | undefined): boolean {
    return session !== undefined && this.#statements.prepared(IS_LIVING).get(session) !== undefined;
  }

  /** The living session of a node. */
  ofName(name: string): ReplacedSession | undefined {
    const row = this.#statements.prepared(OF_NAME).get(name);
    return row && { id: String(row[0]), beat: Number(row[1]) };
  }

  /** Begins a session, which replaces that of the same name, unless it is living already. @returns the one that it replaced. */
  begin({ id, name, leaseMs }: SessionBeginning): ReplacedSession | undefined {
    const before = this.ofName(name);
    if (before?.id === id) return undefined;
    if (before !== undefined) this.end(before.id);
    const { changes } = this.#statements.prepared(BEGIN).run(id, name, leaseMs, nowMs());
    if (changes !== 1) throw notWritten("a session");
    return before;
  }

  /** Raises the counter of a session. @returns whether it is living. */
  beat({ session, subscriptions }: BeatRequest): boolean {
    if (!this.isLiving(session)) return false;
    const ids = JSON.stringify(subscriptions.toSorted((a, b) => a - b));
    if (this.#statements.prepared(BEAT).run(ids, nowMs(), session).changes !== 1) throw notWritten("a beat");
    return true;
  }

  /** Deletes a session if its counter stood still. @returns whether it did. */
  evict({ id, beat }: StalledSession): boolean {
    return this.#statements.prepared(EVICT).run(id, beat).changes === 1;
  }

  /** @returns whether it was living. */
  end(session: string): boolean {
    return this.#statements.prepared(END).run(session).changes === 1;
  }
}

function sessionOf([id, name, leaseMs, beat, subscriptions, beatAtMs]: Row): ProcessingSession {
  return {
    id: String(id),
    name: String(name),
    leaseMs: Number(leaseMs),
    beat: Number(beat),
    subscriptions: JSON.parse(String(subscriptions)),
    beatAtMs: Number(beatAtMs),
  };
}

/** The time for stored times, which are for people only. */
function nowMs(): number {
  return systemClock.now().getTime();
}
