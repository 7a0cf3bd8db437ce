import {
  type CheckpointMove,
  type ClosingStep,
  LeaseLostError,
  type OwnedEventToPark,
  type ProcessingTransaction,
  type UnparkRequest,
} from "@eventfold/processing";
import type { Lifetime } from "@eventfold/store/adapter";
import type { TransactionPart } from "../memory-transactions.ts";
import { moveCheckpoint } from "./checkpoint-moves.ts";
import type { ProcessingTables } from "./processing-tables.ts";

/** Processing within a transaction: nothing is stored before the commit, which takes the last step. */
export class MemoryProcessingTransaction implements ProcessingTransaction, TransactionPart {
  readonly #lifetime: Lifetime;
  readonly #tables: ProcessingTables;
  readonly #moves: CheckpointMove[] = [];
  readonly #unparked: UnparkRequest[] = [];
  readonly #parked: OwnedEventToPark[] = [];

  constructor(lifetime: Lifetime, tables: ProcessingTables) {
    this.#lifetime = lifetime;
    this.#tables = tables;
  }

  get isClosed(): boolean {
    return this.#lifetime.isEnded;
  }

  async commitWith({ moves = [], unparked = [], parked = [] }: ClosingStep): Promise<void> {
    this.#lifetime.throwIfEnded();
    this.#moves.push(...structuredClone(moves));
    this.#unparked.push(...structuredClone(unparked));
    this.#parked.push(...structuredClone(parked));
  }

  verify(): void {
    for (const move of this.#moves) {
      const row = this.#tables.subscriptions.leased(move);
      if (row?.checkpoint.sequenceNumber !== move.was) throw new LeaseLostError(move);
    }
    for (const each of this.#unparked) {
      const { parked, subscriptions } = this.#tables;
      const isThere = each.parked.every((key) => parked.has(each.subscription, key));
      if (!isThere || subscriptions.leased(each) === undefined) throw new LeaseLostError(each);
    }
    for (const each of this.#parked) {
      if (this.#tables.subscriptions.leased(each) === undefined) throw new LeaseLostError(each);
    }
  }

  commit(): void {
    for (const move of this.#moves) moveCheckpoint(this.#tables.subscriptions, move);
    for (const { subscription, parked } of this.#unparked) {
      for (const key of parked) this.#tables.parked.remove(subscription, key);
    }
    for (const { subscription, event } of this.#parked) this.#tables.parked.put(subscription, event);
  }

  rollback(): void {}
}
