import { type Lifetime, TransactionScope, type Turns, UnsuitableTransactionError } from "@eventfold/store/adapter";
import type { ClientBase } from "pg";
import { turnsOf } from "../connection/client-turns.ts";
import type { Statement, StatementForm, TextRow } from "../connection/statement.ts";

/** Runs a statement and returns the rows. */
export type RunStatement = (statement: Statement) => Promise<readonly TextRow[]>;

/** A transaction on a client, as everything that is done in it sees it: whether it is open, and a way to run statements. */
export class TransactionSession implements Lifetime {
  readonly client: ClientBase;
  readonly scope: TransactionScope;
  readonly #form: StatementForm;
  readonly #turns: Turns;

  constructor(client: ClientBase, form: StatementForm) {
    this.client = client;
    this.scope = new TransactionScope({ isOver: () => client.getTransactionStatus() === "I" });
    this.#form = form;
    this.#turns = turnsOf(client);
  }

  /** Whether the transaction was committed or rolled back, as far as the client knows. */
  get isEnded(): boolean {
    return this.scope.isEnded;
  }

  /**
   * Ends the transaction and returns the command that the server has carried out. What was begun before a commit is done
   * first, so that no part of it is left out; every later call rejects.
   */
  async end(command: "commit" | "rollback"): Promise<string> {
    if (command === "rollback") this.scope.end();
    return this.#turns.take(async () => {
      this.scope.end();
      return (await this.client.query(command)).command;
    });
  }

  /** Runs a statement in its turn and returns the rows. What the driver throws is not translated. */
  async run(statement: Statement): Promise<readonly TextRow[]> {
    this.throwIfEnded();
    return this.inTurn((run) => run(statement));
  }

  /** Does what takes several statements, with nothing else of this client in between. */
  inTurn<T>(work: (run: RunStatement) => Promise<T>): Promise<T> {
    return this.#turns.take(() =>
      work(async (statement) => {
        this.throwIfEnded();
        return this.#form.run(this.client, statement);
      }),
    );
  }

  /**
   * @throws `TransactionEndedError` (`TRANSACTION_ENDED`) when it is over, `UnsuitableTransactionError`
   * (`UNSUITABLE_TRANSACTION`) when it has failed.
   */
  throwIfEnded(): void {
    this.scope.throwIfEnded();
    if (this.client.getTransactionStatus() === "E") {
      throw new UnsuitableTransactionError(
        "An earlier statement of this transaction failed, so it can only be rolled back.",
      );
    }
  }
}
