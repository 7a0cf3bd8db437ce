import { TransactionEndedError, UnsuitableTransactionError } from "@eventfold/types";
import type { ClientBase } from "pg";
import type { Statement, StatementForm, TextRow } from "../connection/statement.ts";
import { type Turns, turnsOf } from "../connection/turns.ts";

/** What {@link TransactionSession} is made from. */
export interface TransactionSessionOptions {
  readonly client: ClientBase;
  readonly form: StatementForm;
  /** Lets the transaction end in no other way than rolled back, with this error. Absent where the caller ends it. */
  readonly rollbackWith?: ((error: unknown) => void) | undefined;
}

/** Runs a statement and returns the rows. */
export type RunStatement = (statement: Statement) => Promise<readonly TextRow[]>;

/** A transaction on a client, as everything that is done in it sees it: whether it is open, and a way to run statements. */
export class TransactionSession {
  readonly client: ClientBase;
  readonly rollbackWith: ((error: unknown) => void) | undefined;
  readonly #form: StatementForm;
  readonly #turns: Turns;
  #isEnded = false;

  constructor({ client, form, rollbackWith }: TransactionSessionOptions) {
    this.client = client;
    this.rollbackWith = rollbackWith;
    this.#form = form;
    this.#turns = turnsOf(client);
  }

  /** Whether the transaction was committed or rolled back, as far as the client knows. */
  get isClosed(): boolean {
    return this.#isEnded || this.client.getTransactionStatus() === "I";
  }

  /**
   * Ends the transaction and returns the command that the server has carried out. What was begun before a commit is done
   * first, so that no part of it is left out; every later call rejects.
   */
  async end(command: "commit" | "rollback"): Promise<string> {
    if (command === "rollback") this.#isEnded = true;
    return this.#turns.take(async () => {
      this.#isEnded = true;
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
    if (this.isClosed) throw new TransactionEndedError();
    if (this.client.getTransactionStatus() === "E") {
      throw new UnsuitableTransactionError(
        "An earlier statement of this transaction failed, so it can only be rolled back.",
      );
    }
  }
}
