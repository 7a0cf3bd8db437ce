import { isEventfoldError } from "@eventfold/types";
import { NodeReplacedError } from "../errors/node-replaced-error.ts";
import type { PartitionLease } from "../storage/partition-lease.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import type { BeatOutcome, ProcessingSession } from "../storage/session.ts";
import { Heartbeat } from "./heartbeat.ts";
import { NodeSession } from "./node-session.ts";
import { StalledSessions } from "./stalled-sessions.ts";
import type { SeenSubscription, SubscriptionPlace, SubscriptionWork } from "./subscription-work.ts";

/** What a node is made of. */
export interface ProcessingNodeOptions {
  readonly adapter: ProcessingStorageAdapter;
  readonly name: string;
  readonly leaseMs: number;
  readonly works: readonly SubscriptionWork[];
  /** Tells of what went wrong while the node goes on. */
  readonly tell: (error: unknown, message: string, place?: SubscriptionPlace) => void;
  /** Is told, once or more often, of what the node cannot go on after. */
  readonly onFatal: (error: unknown) => void;
}

type Beaten = Extract<BeatOutcome, { readonly kind: "beaten" }>;

/** A living node: it beats, sees by its beats what there is, and claims, gives back and drops partitions so that shares are fair. */
export class ProcessingNode {
  readonly #options: ProcessingNodeOptions;
  readonly #session: NodeSession;
  readonly #stalled = new StalledSessions();
  #heartbeat: Heartbeat | undefined;
  #endListening: (() => void) | undefined;
  #sessions: readonly ProcessingSession[] = [];
  #isStopping = false;

  constructor(options: ProcessingNodeOptions) {
    const { adapter, name, leaseMs, works } = options;
    this.#options = options;
    this.#session = new NodeSession({
      storage: adapter.storage,
      name,
      leaseMs,
      subscriptions: works.map(({ registered }) => registered.id),
      nowMs: () => performance.now(),
    });
  }

  get isCurrent(): boolean {
    return this.#session.isCurrent;
  }

  /** The living sessions, as the last beat saw them. */
  get sessions(): readonly ProcessingSession[] {
    return this.#sessions;
  }

  /**
   * Begins a session, and claims what is free.
   *
   * @throws what the storage rejects with; nothing goes on then.
   */
  async start(): Promise<void> {
    const { adapter, leaseMs } = this.#options;
    try {
      await this.#session.begin();
      await this.#see(await this.#session.beat(), true);
    } catch (error) {
      await this.#session.end().catch(() => {}); // it may not have begun; if it has, its lease runs out
      throw error;
    }
    this.#heartbeat = new Heartbeat({ intervalMs: leaseMs / 3, beat: (isTimely) => this.#beat(isTimely) });
    this.#endListening = adapter.onChange(() => this.wake());
  }

  /** Calls for a beat soon. */
  wake(): void {
    this.#heartbeat?.wake();
  }

  /** Gives back what it holds, at most until the signal is aborted, and ends the session. */
  async stop(signal: AbortSignal): Promise<void> {
    const { works, tell } = this.#options;
    this.#isStopping = true;
    const drop = () => {
      for (const work of works) work.drop();
    };
    if (signal.aborted) drop();
    signal.addEventListener("abort", drop, { once: true });
    await Promise.all(works.map((work) => work.leave())); // while the beats go on, for this may take longer than a lease
    signal.removeEventListener("abort", drop);
    this.#endListening?.();
    await this.#heartbeat?.stop();
    await this.#session
      .end()
      .catch((error: unknown) => tell(error, "A session could not be ended; its lease runs out."));
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
    for (const work of this.#options.works) work.drop();
    this.#options.onFatal(error);
  }

  async #see(outcome: BeatOutcome, isTimely: boolean): Promise<void> {
    if (outcome.kind === "beaten") return this.#act(outcome, isTimely);
    const { works, name, tell } = this.#options;
    for (const work of works) work.drop();
    this.#stalled.forget();
    if (outcome.replacedBy !== undefined) return this.#fail(new NodeReplacedError({ node: name }));
    if (this.#isStopping) return;
    tell(undefined, "The session was taken for dead by others. Its partitions were dropped, and a new one begins.");
    await this.#session.begin();
    this.wake();
  }

  async #act(beaten: Beaten, isTimely: boolean): Promise<void> {
    const { works, adapter } = this.#options;
    const session = this.#session.id;
    this.#sessions = beaten.sessions;
    if (isTimely) await this.#evictStalled(beaten.sessions);
    if (this.#isStopping) return;
    const claim: PartitionLease[] = [];
    const release: PartitionLease[] = [];
    for (const work of works) {
      const seen = seenOf(work, { beaten, session, isTimely });
      if (work.isStuck(seen) && seen.repartition !== undefined) await adapter.storage.repartition(seen.repartition);
      const balance = work.see(seen);
      claim.push(...balance.claim.map(leaseOf));
      release.push(...balance.release.map(leaseOf));
    }
    if (release.length > 0) await adapter.storage.release(release);
    if (claim.length > 0) await this.#claim(session, claim);
  }

  async #claim(session: string, partitions: readonly PartitionLease[]): Promise<void> {
    const { works, adapter } = this.#options;
    const claimed = await adapter.storage.claim({ session, partitions });
    if (this.#isStopping) {
      await adapter.storage.release(claimed);
      return;
    }
    for (const partition of claimed) {
      works.find(({ registered }) => registered.id === partition.subscription)?.begin(partition);
    }
    // Rivals have some of them: look again what is left. Where nothing was to be had, rows may be locked for long.
    if (claimed.length > 0 && claimed.length < partitions.length) this.wake();
  }

  async #evictStalled(sessions: readonly ProcessingSession[]): Promise<void> {
    const others = sessions.filter(({ id }) => id !== this.#session.id);
    const stalled = this.#stalled.observe(others, performance.now());
    if (stalled.length === 0) return;
    const evicted = await this.#options.adapter.storage.evict(stalled);
    if (evicted.length > 0) this.wake();
  }
}

function seenOf(
  { registered: { id } }: SubscriptionWork,
  { beaten, session, isTimely }: { readonly beaten: Beaten; readonly session: string; readonly isTimely: boolean },
): SeenSubscription {
  return {
    session,
    isTimely,
    sessions: beaten.sessions,
    partitions: beaten.partitions.filter(({ subscription }) => subscription === id),
    repartition: beaten.repartitions.find(({ subscription }) => subscription === id),
  };
}

/** A lease by itself: adapters are handed no more than they ask for. */
function leaseOf({ subscription, partition, token }: PartitionLease): PartitionLease {
  return { subscription, partition, token };
}
