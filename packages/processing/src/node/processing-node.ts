import type { Logger } from "@eventfold/types";
import { SubscriptionRemovedError } from "../errors/subscription-removed-error.ts";
import type { PartitionLease } from "../storage/partition-lease.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import type { ProcessingSession } from "../storage/session.ts";
import { type Beaten, LivingSession } from "./living-session.ts";
import type { SeenSubscription, SubscriptionPlace, SubscriptionWork } from "./subscription-work.ts";

/** What a node is made of. */
export interface ProcessingNodeOptions {
  readonly adapter: ProcessingStorageAdapter;
  readonly name: string;
  readonly leaseMs: number;
  readonly works: readonly SubscriptionWork[];
  readonly logger: Logger;
  /** Tells of what went wrong while the node goes on. */
  readonly tell: (error: unknown, message: string, place?: SubscriptionPlace) => void;
  /** Is told, once or more often, of what the node cannot go on after. */
  readonly onFatal: (error: unknown) => void;
}

/** A living node: it sees by its beats what there is, and claims, gives back and drops partitions so that shares are fair. */
export class ProcessingNode {
  readonly #options: ProcessingNodeOptions;
  readonly #session: LivingSession;
  #endListening: (() => void) | undefined;
  #isStopping = false;

  constructor(options: ProcessingNodeOptions) {
    const { works, tell } = options;
    this.#options = options;
    this.#session = new LivingSession({
      ...options,
      tell: (error, message) => tell(error, message),
      subscriptions: () => works.filter(({ isMember }) => isMember).map(({ registered }) => registered.id),
      onBeat: (beaten, isTimely) => this.#act(beaten, isTimely),
      onLost: () => this.#drop(),
    });
  }

  get isCurrent(): boolean {
    return this.#session.isCurrent;
  }

  /** The living sessions, as the last beat saw them. */
  get sessions(): readonly ProcessingSession[] {
    return this.#session.sessions;
  }

  /**
   * Begins a session, and claims what is free.
   *
   * @throws what the storage rejects with; nothing goes on then.
   */
  async start(): Promise<void> {
    await this.#session.start();
    this.#endListening = this.#options.adapter.onChange(() => this.wake());
  }

  /** Calls for a beat soon. */
  wake(): void {
    this.#session.wake();
  }

  /** Gives back what it holds, at most until the signal is aborted, and ends the session. */
  async stop(signal: AbortSignal): Promise<void> {
    this.#isStopping = true;
    const drop = () => this.#drop();
    if (signal.aborted) drop();
    signal.addEventListener("abort", drop, { once: true });
    await Promise.all(this.#options.works.map((work) => work.leave())); // while the beats go on: it may take longer than a lease
    signal.removeEventListener("abort", drop);
    this.#endListening?.();
    await this.#session.end();
  }

  #drop(): void {
    for (const work of this.#options.works) work.drop();
  }

  async #act(beaten: Beaten, isTimely: boolean): Promise<void> {
    if (this.#isStopping) return;
    const { works, adapter, name: node } = this.#options;
    const session = this.#session.id;
    const claim: PartitionLease[] = [];
    const release: PartitionLease[] = [];
    const subscriptions = beaten.sessions.find(({ id }) => id === session)?.subscriptions ?? [];
    for (const work of works) {
      if (isTimely) work.lookAside();
      if (!subscriptions.includes(work.registered.id)) continue; // the beat shows nothing of it
      const seen = seenOf(work, { beaten, session, isTimely });
      if (seen.partitions.length === 0)
        throw new SubscriptionRemovedError({ node, subscription: work.subscription.name });
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
