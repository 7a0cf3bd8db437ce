import { type Lifetime, TransactionScope, type Turns, UnsuitableTransactionError } from "@eventfold/store/adapter";
import type { ClientBase } from "pg";
import { turnsOf } from "../connection/client-turns.ts";
import type { Statement, StatementForm, TextRow } from "../connection/statement.ts";

/** Runs a statement and returns the rows. */
export type RunStatement = (statement: Statement) => Promise<readonly TextRow[]>;

/** The last statement of a transaction, sent in one message with the commit, so that no process can freeze between the two. */
export interface ClosingStatement {
  /** The statement with its values in it, made when everything else of the transaction is done. */
  text(): string;
  /** The error that the transaction rejects with instead of one of the driver's. Errors that it does not know come back unchanged. */
  errorOf(error: unknown): unknown;
}

/** What {@link TransactionSession} is made from. */
export interface TransactionSessionOptions {
  readonly client: ClientBase;
  readonly form: StatementForm;
  /** Whether the caller commits or rolls back, by statements of its own. */
  readonly isCallers: boolean;
}

/** A transaction on a client, for everything that is done in it: it knows whether it is open, and runs statements. */
export class TransactionSession implements Lifetime {
  readonly client: ClientBase;
  readonly scope: TransactionScope;
  readonly isCallers: boolean;
  readonly #closing: ClosingStatement[] = [];
  readonly #form: StatementForm;
  readonly #turns: Turns;

  constructor({ client, form, isCallers }: TransactionSessionOptions) {
    this.client = client;
    this.isCallers = isCallers;
    this.scope = new TransactionScope({ isOver: () => client.getTransactionStatus() === "I" });
    this.#form = form;
    this.#turns = turnsOf(client);
  }

  /** Whether the transaction was committed or rolled back, as far as the client knows. */
  get isEnded(): boolean {
    return this.scope.isEnded;
  }

  /** Has a statement sent with the commit. It is not for a transaction that the caller commits. */
  commitAfter(statement: ClosingStatement): void {
    this.#closing.push(statement);
  }

  /**
   * Commits, together with the closing statement, and returns the command that the server has carried out. What was begun
   * before is done first, so that no part of it is left out; every later call rejects.
   */
  async commit(): Promise<string> {
    return this.#turns.take(async () => {
      this.scope.end();
      const texts = this.#closing.map((statement) => statement.text());
      try {
        const results = [await this.client.query([...texts, "commit"].join("; "))].flat();
        return results.at(-1)?.command ?? "";
      } catch (error) {
        throw this.#closing.reduce((told, statement) => statement.errorOf(told), error);
      }
    });
  }

  /** Rolls back, after what was begun before. Every later call rejects. */
  async rollback(): Promise<void> {
    this.scope.end();
    await this.#turns.take(() => this.client.query("rollback"));
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
