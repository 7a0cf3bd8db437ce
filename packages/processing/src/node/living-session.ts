import { isEventfoldError, type Logger } from "@eventfold/types";
import { NodeReplacedError } from "../errors/node-replaced-error.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import type { BeatOutcome, ProcessingSession } from "../storage/session.ts";
import { tellLease } from "../tracing/channels.ts";
import { Heartbeat } from "./heartbeat.ts";
import { NodeSession } from "./node-session.ts";
import { StalledSessions } from "./stalled-sessions.ts";

/** What a beat saw of a session that is living. */
export type Beaten = Extract<BeatOutcome, { readonly kind: "beaten" }>;

/** What a living session is made of. */
export interface LivingSessionOptions {
  readonly adapter: ProcessingStorageAdapter;
  /** The name of the node. */
  readonly name: string;
  readonly leaseMs: number;
  /** The ids of the subscriptions that the node has handlers for. */
  readonly subscriptions: () => readonly number[];
  /** Acts on what a beat saw. What it rejects with counts as a failure of the beat. */
  readonly onBeat: (beaten: Beaten, isTimely: boolean) => Promise<void>;
  /** The session is not living any more: everything that it held is others' to take. `cause`: what the node cannot go on after. */
  readonly onLost: (cause?: unknown) => void;
  /** Is told, once or more often, of what the node cannot go on after. */
  readonly onFatal: (error: unknown) => void;
  readonly logger: Logger;
  /** Tells of what went wrong while the node goes on. */
  readonly tell: (error: unknown, message: string) => void;
}

/**
 * Keeps a session living: it beats, evicts other sessions that have stalled, and begins a new one when its own was taken for dead. When
 * another node of its name has taken its place, it says so and beats no more.
 */
export class LivingSession {
  readonly #options: LivingSessionOptions;
  readonly #session: NodeSession;
  readonly #stalled = new StalledSessions();
  #heartbeat: Heartbeat | undefined;
  #sessions: readonly ProcessingSession[] = [];
  #isWoken = false;
  #isFatal = false;

  constructor(options: LivingSessionOptions) {
    const { adapter, name, leaseMs, subscriptions } = options;
    this.#options = options;
    const nowMs = () => performance.now();
    this.#session = new NodeSession({ storage: adapter.storage, name, leaseMs, subscriptions, nowMs });
  }

  /** The id of the session; another one after it was taken for dead. */
  get id(): string {
    return this.#session.id;
  }

  /** As {@link NodeSession.isCurrent}. */
  get isCurrent(): boolean {
    return this.#session.isCurrent;
  }

  /** As {@link NodeSession.currentForMs}. */
  get currentForMs(): number {
    return this.#session.currentForMs;
  }

  /** The living sessions, as the last beat saw them. */
  get sessions(): readonly ProcessingSession[] {
    return this.#sessions;
  }

  /**
   * Begins, with a first beat.
   *
   * @throws what the storage rejects with; nothing goes on then.
   */
  async start(): Promise<void> {
    const { leaseMs } = this.#options;
    try {
      await this.#session.begin();
      await this.#see(await this.#session.beat(), true);
    } catch (error) {
      await this.#session.end().catch(() => {}); // it may not have begun; if it has, its lease runs out
      throw error;
    }
    if (this.#isFatal) return;
    this.#heartbeat = new Heartbeat({ intervalMs: leaseMs / 3, beat: (isTimely) => this.#beat(isTimely) });
    if (this.#isWoken) this.#heartbeat.wake();
  }

  /** Calls for a beat soon. */
  wake(): void {
    this.#isWoken = true; // also while the session begins
    this.#heartbeat?.wake();
  }

  /** Ends the session: what it still holds is free at once. It never rejects. */
  async end(): Promise<void> {
    await this.#heartbeat?.stop();
    await this.#session
      .end()
      .catch((error: unknown) => this.#options.tell(error, "A session could not be ended; its lease runs out."));
  }

  /** Never rejects. */
  async #beat(isTimely: boolean): Promise<void> {
    try {
      await this.#see(await this.#session.beat(), isTimely);
    } catch (error) {
      if (isEventfoldError(error) && error.isRetryable) {
        this.#options.tell(error, "A beat failed, and is tried again.");
        return;
      }
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#isFatal = true;
    void this.#heartbeat?.stop();
    this.#options.onLost(error);
    this.#options.onFatal(error);
  }

  async #see(outcome: BeatOutcome, isTimely: boolean): Promise<void> {
    const { name, onBeat, onLost, tell } = this.#options;
    if (outcome.kind === "beaten") {
      this.#sessions = outcome.sessions;
      if (isTimely) await this.#evictStalled(outcome.sessions);
      return onBeat(outcome, isTimely);
    }
    this.#stalled.forget();
    if (outcome.replacedBy !== undefined) return this.#fail(new NodeReplacedError({ node: name }));
    onLost();
    tell(undefined, "The session was taken for dead by others. What it held was dropped, and a new one begins.");
    await this.#session.begin();
    this.wake();
  }

  async #evictStalled(sessions: readonly ProcessingSession[]): Promise<void> {
    const others = sessions.filter(({ id }) => id !== this.#session.id);
    const stalled = this.#stalled.observe(others, performance.now());
    if (stalled.length === 0) return;
    const evicted = await this.#options.adapter.storage.evict(stalled);
    if (evicted.length === 0) return;
    const { name: node, logger } = this.#options;
    const names = others.filter(({ id }) => evicted.includes(id)).map(({ name }) => name);
    logger.warn({ node, evicted: names }, "Nodes that gave no sign of life for their lease were taken for dead.");
    tellLease(() => ({ kind: "evicted", node, evicted: names }));
    this.wake();
  }
}
