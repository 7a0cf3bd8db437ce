import type { EventFold, FoldedPartition } from "@eventfold/processing";
import { isEventfoldError, type StoredEvent } from "@eventfold/types";
import type { CallRecorder } from "./call-recorder.ts";

/** What {@link RecordedFold} notes, and where. */
export interface RecordedFoldOptions {
  readonly held: FoldedPartition;
  readonly recorder: CallRecorder;
}

/** A save that met a conflict: what it was to store is folded again, and saved by the same call. */
interface OpenCall {
  readonly call: number;
  readonly ids: string;
  readonly error: unknown;
}

/**
 * A fold that notes each save as one call, with the events that it stores. Events that cannot be folded are a call that fails, unless
 * others before them wait to be saved: then they are tried again when those are stored.
 */
export class RecordedFold implements EventFold {
  readonly #beneath: EventFold;
  readonly #options: RecordedFoldOptions;
  /** The ids of the events that were folded since the last save. */
  #folded: Pick<StoredEvent, "id">[] = [];
  #open: OpenCall | undefined;
  #failures = 0;

  constructor(beneath: EventFold, options: RecordedFoldOptions) {
    this.#beneath = beneath;
    this.#options = options;
  }

  get batchSize(): number {
    return this.#beneath.batchSize;
  }

  get isFull(): boolean {
    return this.#beneath.isFull;
  }

  async fold(events: readonly StoredEvent[]): Promise<void> {
    try {
      await this.#beneath.fold(events);
    } catch (error) {
      if (this.#folded.length === 0 && events.length > 0) this.#endFailed(this.#begin(events), error);
      throw error;
    }
    this.#folded.push(...events.map(({ id }) => ({ id })));
  }

  async save(transaction?: object): Promise<void> {
    const ids = this.#folded.map(({ id }) => id).join();
    const call = this.#open?.ids === ids ? this.#open.call : this.#begin(this.#folded);
    this.#open = undefined;
    try {
      await this.#beneath.save(transaction);
    } catch (error) {
      if (isEventfoldError(error, "PROJECTION_CONFLICT")) this.#open = { call, ids, error };
      else this.#endFailed(call, error);
      throw error;
    }
    this.#options.recorder.end(call);
  }

  noteSaved(): void {
    this.#folded = [];
    this.#failures = 0;
    this.#beneath.noteSaved();
  }

  forget(): void {
    this.#folded = [];
    this.#beneath.forget();
  }

  #begin(events: readonly Pick<StoredEvent, "id">[]): number {
    if (this.#open !== undefined) this.#endFailed(this.#open.call, this.#open.error);
    this.#open = undefined;
    const { held, recorder } = this.#options;
    const { partition, fencingToken } = held;
    return recorder.begin({ events, partition, fencingToken, attempt: this.#failures + 1 });
  }

  #endFailed(call: number, error: unknown): void {
    this.#failures += 1;
    this.#options.recorder.end(call, { error });
  }
}
