import type { LockAttempt, LockOutcome, LockRelease } from "@eventfold/processing";
import type { SessionRows } from "./session-rows.ts";

interface LockRow {
  readonly session: string;
  readonly holder: string;
  readonly token: number;
}

/** The locks that are held, or were when their session ended. */
export class LockRows {
  readonly #byName = new Map<string, LockRow>();
  /** One counter serves all locks, so released locks need not be remembered. */
  #lastToken = 0;

  take({ name, session, holder }: LockAttempt, sessions: SessionRows): LockOutcome {
    if (!sessions.isLiving(session)) return { kind: "ended" };
    const held = this.#byName.get(name);
    if (held !== undefined && sessions.isLiving(held.session)) {
      const { token } = held;
      return held.holder === holder ? { kind: "taken", token } : { kind: "held", session: held.session, token };
    }
    this.#lastToken += 1;
    this.#byName.set(name, { session, holder, token: this.#lastToken });
    return { kind: "taken", token: this.#lastToken };
  }

  /** @returns whether the holder had it. */
  release({ name, holder }: LockRelease): boolean {
    return this.#byName.get(name)?.holder === holder && this.#byName.delete(name);
  }
}
