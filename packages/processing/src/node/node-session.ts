import { newEventId } from "@eventfold/store";
import type { ProcessingStorage } from "../storage/processing-storage.ts";
import type { BeatOutcome } from "../storage/session.ts";

/** What a session is made of. */
export interface NodeSessionOptions {
  readonly storage: ProcessingStorage;
  /** The name of the node. */
  readonly name: string;
  readonly leaseMs: number;
  /** The ids of the subscriptions that the node has handlers for. */
  readonly subscriptions: () => readonly number[];
  /** A monotonic clock, in milliseconds. */
  readonly nowMs: () => number;
}

/** One start of a node, and what it knows of its own life. It looks at no clock but its own. */
export class NodeSession {
  readonly #options: NodeSessionOptions;
  #id = newEventId();
  #beatSentMs = Number.NEGATIVE_INFINITY;

  constructor(options: NodeSessionOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#id;
  }

  /**
   * Whether the last beat that succeeded was sent less than `leaseMs` ago. Otherwise others may have evicted the session, and it
   * starts nothing.
   */
  get isCurrent(): boolean {
    return this.currentForMs > 0;
  }

  /** For how many milliseconds that holds without another beat; 0 or less when it does not. */
  get currentForMs(): number {
    return this.#beatSentMs + this.#options.leaseMs - this.#options.nowMs();
  }

  /** Begins anew, under an id that no session had. */
  async begin(): Promise<void> {
    const { storage, name, leaseMs } = this.#options;
    this.#id = newEventId();
    this.#beatSentMs = Number.NEGATIVE_INFINITY;
    await storage.beginSession({ id: this.#id, name, leaseMs });
  }

  async beat(): Promise<BeatOutcome> {
    const { storage, name, subscriptions, nowMs } = this.#options;
    const sentMs = nowMs();
    const outcome = await storage.beat({ session: this.#id, name, subscriptions: subscriptions() });
    if (outcome.kind === "beaten") this.#beatSentMs = sentMs;
    return outcome;
  }

  async end(): Promise<void> {
    this.#beatSentMs = Number.NEGATIVE_INFINITY;
    await this.#options.storage.endSession(this.#id);
  }
}
