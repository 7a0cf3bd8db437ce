import type { LockAttempt, LockOutcome, LockRelease } from "@eventfold/processing";
import type { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";
import type { Counters } from "./counters.ts";
import type { SessionRows } from "./session-rows.ts";

const ONE = "SELECT session, holder, token FROM eventfold_processing_locks WHERE name = ?";
const TAKE = `INSERT INTO eventfold_processing_locks (name, session, holder, token) VALUES (?, ?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET session = excluded.session, holder = excluded.holder, token = excluded.token`;
const RELEASE = "DELETE FROM eventfold_processing_locks WHERE name = ? AND holder = ?";

/** The locks that are held, or were when their session ended. */
export class LockRows {
  readonly #statements: StatementCache;
  readonly #sessions: SessionRows;
  readonly #counters: Counters;

  constructor(
    statements: StatementCache,
    { sessions, counters }: { readonly sessions: SessionRows; readonly counters: Counters },
  ) {
    this.#statements = statements;
    this.#sessions = sessions;
    this.#counters = counters;
  }

  take({ name, session, holder }: LockAttempt): LockOutcome {
    if (!this.#sessions.isLiving(session)) return { kind: "ended" };
    const held = this.#statements.prepared(ONE).get(name);
    const owner = String(held?.[0]);
    if (held !== undefined && this.#sessions.isLiving(owner)) {
      const token = Number(held[2]);
      return held[1] === holder ? { kind: "taken", token } : { kind: "held", session: owner, token };
    }
    // One counter serves all locks, so released locks need not be remembered.
    const token = this.#counters.raise("lock-token");
    if (this.#statements.prepared(TAKE).run(name, session, holder, token).changes !== 1) throw notWritten("a lock");
    return { kind: "taken", token };
  }

  /** @returns whether the holder had it. */
  release({ name, holder }: LockRelease): boolean {
    return this.#statements.prepared(RELEASE).run(name, holder).changes === 1;
  }
}
