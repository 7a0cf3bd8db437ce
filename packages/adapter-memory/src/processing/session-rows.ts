import type {
  BeatRequest,
  ProcessingSession,
  ReplacedSession,
  SessionBeginning,
  StalledSession,
} from "@eventfold/processing";
import { systemClock } from "@eventfold/types";

/** The living sessions. */
export class SessionRows {
  readonly #byId = new Map<string, ProcessingSession>();

  get all(): readonly ProcessingSession[] {
    return [...this.#byId.values()];
  }

  isLiving(session: string | undefined): boolean {
    return session !== undefined && this.#byId.has(session);
  }

  /** The living session of a node. */
  ofName(name: string): ProcessingSession | undefined {
    return this.all.find((session) => session.name === name);
  }

  /** Begins a session, which replaces that of the same name, unless it is living already. */
  begin({ id, name, leaseMs }: SessionBeginning): ReplacedSession | undefined {
    const before = this.ofName(name);
    if (before?.id === id) return undefined;
    if (before !== undefined) this.#byId.delete(before.id);
    this.#keep({ id, name, leaseMs, beat: 0, subscriptions: [], beatAtMs: now() });
    return before && { id: before.id, beat: before.beat };
  }

  /** Raises the counter of a session. @returns whether it is living. */
  beat({ session, subscriptions }: BeatRequest): boolean {
    const row = this.#byId.get(session);
    if (row === undefined) return false;
    const ids = Object.freeze(subscriptions.toSorted((a, b) => a - b));
    this.#keep({ ...row, beat: row.beat + 1, subscriptions: ids, beatAtMs: now() });
    return true;
  }

  /** Deletes a session if its counter stood still. @returns whether it did. */
  evict({ id, beat }: StalledSession): boolean {
    return this.#byId.get(id)?.beat === beat && this.#byId.delete(id);
  }

  /** @returns whether it was living. */
  end(session: string): boolean {
    return this.#byId.delete(session);
  }

  #keep(session: ProcessingSession): void {
    this.#byId.set(session.id, Object.freeze(session));
  }
}

function now(): number {
  return systemClock.now().getTime();
}
