import type { ClosingStep, ProcessingTransaction } from "@eventfold/processing";
import { behindSavepoint } from "../connection/behind-savepoint.ts";
import type { Client } from "../connection/client.ts";
import type { OpenedTransaction } from "../connection/transactions.ts";
import { translateErrorOn } from "../schema/missing-tables.ts";
import { takeClosingSteps } from "./closing-steps.ts";
import { ProcessingTables } from "./processing-tables.ts";

/** A transaction on processing, together with the caller's own tables. */
export interface SqliteProcessingTransaction {
  /**
   * The connection on which the transaction is open. Use it for your own tables; leave beginning and ending the
   * transaction, and the tables that begin with `eventfold_`, to the adapter.
   */
  readonly client: Client;
}

/** Processing within an open transaction, which takes its last step directly before the commit. */
export class ClosingTransaction implements ProcessingTransaction {
  readonly #opened: OpenedTransaction;
  readonly #tables: ProcessingTables;
  readonly #steps: ClosingStep[] = [];

  constructor(opened: OpenedTransaction) {
    this.#opened = opened;
    this.#tables = new ProcessingTables(opened.client);
  }

  get isClosed(): boolean {
    return this.#opened.scope.isEnded;
  }

  async commitWith({ moves, unparked, parked }: ClosingStep): Promise<void> {
    const { scope, beforeCommit } = this.#opened;
    scope.throwIfEnded();
    const step = structuredClone({ moves, unparked, parked });
    if (beforeCommit === undefined) return this.#takeAtOnce(step);
    if (this.#steps.length === 0) beforeCommit(() => takeClosingSteps(this.#tables, this.#steps));
    this.#steps.push(step);
  }

  /** Takes the step in a transaction that the caller commits: nobody outside reads on the caller's connection. */
  #takeAtOnce(step: ClosingStep): void {
    const { client } = this.#opened;
    try {
      behindSavepoint(client, () => takeClosingSteps(this.#tables, [step]));
    } catch (error) {
      throw translateErrorOn(client, error);
    }
  }
}
