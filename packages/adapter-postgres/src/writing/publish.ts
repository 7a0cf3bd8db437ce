import type { PreparedEvent, SaveRequest, SaveResult, StreamWrite } from "@eventfold/store";
import { unknownOutcome } from "../errors/unknown-outcome.ts";

/** What {@link Publish} is made from. */
export interface PublishOptions {
  readonly writes: readonly StreamWrite[];
  /** When its writer stops waiting, in the milliseconds of `performance.now()`. */
  readonly deadlineMs: number;
  readonly resolve: (result: SaveResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A publish on its way: what is to be written, until when, and who waits for the outcome.
 *
 * A try that ends without an answer may have stored it. From then on only a judgement says what became of it, and whatever
 * else ends it leaves that open: a repetition that fails proves nothing of the try before.
 */
export class Publish {
  readonly writes: readonly StreamWrite[];
  /** About how many bytes it takes in a statement. */
  readonly bytes: number;
  readonly deadlineMs: number;
  readonly #resolve: (result: SaveResult) => void;
  readonly #reject: (error: unknown) => void;
  #mayBeStored = false;

  constructor({ writes, deadlineMs, resolve, reject }: PublishOptions) {
    this.writes = writes;
    this.bytes = bytesOf(writes);
    this.deadlineMs = deadlineMs;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Notes that it may be stored by now. */
  leaveOpen(): void {
    this.#mayBeStored = true;
  }

  /** Ends it with the judgement on it. */
  resolve(result: SaveResult): void {
    this.#resolve(result);
  }

  /** Ends it with what stood in the way, or, where it may be stored, with an error that says so. */
  reject(obstacle: unknown): void {
    this.#reject(this.#mayBeStored ? unknownOutcome(obstacle) : obstacle);
  }
}

const EVENT_OVERHEAD_BYTES = 120; // id, times, version, and the lengths of the fields.

/** About how many bytes the events of a publish take in a statement. */
export function bytesOf(writes: SaveRequest["writes"]): number {
  let bytes = 0;
  for (const write of writes) {
    bytes += 32 + write.category.length + write.stream.length;
    for (const event of write.events) bytes += bytesOfEvent(event);
  }
  return bytes;
}

/** About how many bytes one event takes in a statement. */
export function bytesOfEvent({ name, payload, metadata }: PreparedEvent): number {
  const metadataBytes = metadata === null ? 0 : Buffer.byteLength(metadata);
  return EVENT_OVERHEAD_BYTES + name.length + Buffer.byteLength(payload) + metadataBytes;
}

/** What tells streams apart: a control character separates the names, and no name may hold one. */
export function streamKeyOf({ category, stream }: Pick<StreamWrite, "category" | "stream">): string {
  return `${category}\u001f${stream}`;
}
