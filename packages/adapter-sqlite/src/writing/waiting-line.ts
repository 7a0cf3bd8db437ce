import type { Deadline, QueuedPublish, SaveRequest, SaveResult } from "@eventfold/store/adapter";
import { StorageBusyError } from "@eventfold/types";

/** A publish that waits to be written. */
export interface WaitingPublish {
  readonly kind: "publish";
  readonly request: SaveRequest;
  /** What tracing has noted of it. */
  readonly queued: QueuedPublish | undefined;
  readonly deadline: Deadline;
  readonly resolve: (result: SaveResult) => void;
  readonly reject: (error: unknown) => void;
}

/** A transaction that waits to be begun. */
export interface WaitingTransaction {
  readonly kind: "transaction";
  readonly deadline: Deadline;
  /** Called with the write lock held; the promise settles when the transaction has ended. */
  readonly hold: () => Promise<void>;
  readonly reject: (error: unknown) => void;
}

/** Synchronous work that waits to be done and committed in one piece. */
export interface WaitingWork {
  readonly kind: "work";
  readonly deadline: Deadline;
  /** Called with the write lock held. @returns what is to be called once it is committed. */
  readonly work: () => () => void;
  readonly reject: (error: unknown) => void;
}

/** A caller that waits for its turn to write. */
export type Waiting = WaitingPublish | WaitingTransaction | WaitingWork;

/** How many empty places may stay in the array: moving the rest up each time would cost more than it frees. */
const LONGEST_TAIL = 1_024;

/** The callers that wait to write, first come, first served, each until its deadline. */
export class WaitingLine {
  #line: Waiting[] = [];
  #next = 0;

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return this.#next === this.#line.length;
  }

  /** Who comes next. */
  get first(): Waiting | undefined {
    return this.#line[this.#next];
  }

  /** Joins the end of the line. */
  join(waiting: Waiting): void {
    this.#line.push(waiting);
  }

  /** Takes the next caller out of the line. */
  take(): Waiting | undefined {
    const first = this.#line[this.#next];
    if (first === undefined) return undefined;
    this.#next++;
    if (this.#next === this.#line.length) this.#replaceWith([]);
    else if (this.#next > LONGEST_TAIL) this.#replaceWith(this.#line.slice(this.#next));
    return first;
  }

  /** Puts callers that were taken, and must wait again, back to the front. */
  putBack(taken: readonly Waiting[]): void {
    this.#replaceWith([...taken, ...this.#line.slice(this.#next)]);
  }

  /** Rejects the callers whose time is up. */
  expire(): void {
    const waiting = this.#line.slice(this.#next);
    const firstInTime = waiting.findIndex(({ deadline }) => !deadline.isOver); // who came first is late first
    const late = firstInTime === -1 ? waiting : waiting.slice(0, firstInTime);
    if (late.length === 0) return;
    this.#replaceWith(waiting.slice(late.length));
    for (const { reject } of late) {
      reject(new StorageBusyError("The turn to write did not come within the write time-out. Nothing was stored."));
    }
  }

  #replaceWith(line: Waiting[]): void {
    this.#line = line;
    this.#next = 0;
  }
}
