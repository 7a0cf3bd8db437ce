import { setImmediate as nextTurn } from "node:timers/promises";
import type { CheckpointMove, MoveOutcome } from "../storage/checkpoint.ts";
import type { ProcessingStorage } from "../storage/processing-storage.ts";

interface WaitingMove {
  readonly move: CheckpointMove;
  readonly resolve: (outcome: MoveOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Saves the checkpoints of all partitions of a node: those that come while a call is under way go together in the next one. */
export class CheckpointSaver {
  readonly #storage: ProcessingStorage;
  #waiting: WaitingMove[] = [];
  #isSaving = false;

  constructor(storage: ProcessingStorage) {
    this.#storage = storage;
  }

  /** @throws what the storage rejects with. */
  async save(move: CheckpointMove): Promise<MoveOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ move, resolve, reject });
      if (!this.#isSaving) void this.#saveAll();
    });
  }

  async #saveAll(): Promise<void> {
    this.#isSaving = true;
    await nextTurn(); // those whose timers end in the same turn go together
    while (this.#waiting.length > 0) {
      const together = this.#waiting;
      this.#waiting = [];
      await this.#saveTogether(together);
    }
    this.#isSaving = false;
  }

  async #saveTogether(together: readonly WaitingMove[]): Promise<void> {
    try {
      const outcomes = await this.#storage.saveCheckpoints(together.map(({ move }) => move));
      for (const [index, { resolve, reject }] of together.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new TypeError("The storage did not return the outcome of a checkpoint."));
        else resolve(outcome);
      }
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }
}
