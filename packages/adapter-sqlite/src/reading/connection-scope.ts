import { Deadline, type Lifetime } from "@eventfold/store/adapter";
import type { DatabaseFile } from "../connection/database-file.ts";
import { isTurnOver, nextTurn } from "../connection/event-loop-turn.ts";
import type { PreparedStatement, StatementCache } from "../connection/statement-cache.ts";
import { isBusy } from "../connection/translate-error.ts";
import { untilNotBusy } from "../connection/until-not-busy.ts";
import { translateErrorOn } from "../schema/missing-tables.ts";
import type { ReadScope } from "./read-scope.ts";

/** What distinguishes one scope on a connection from another. */
export interface ConnectionScopeOptions {
  readonly statements: StatementCache;
  /** Where what is read must still be; `undefined` inside a transaction, whose commit sees to it. */
  readonly file?: DatabaseFile | undefined;
  /** The newest sequence number that may be seen now. */
  readonly visibleUpTo: () => number;
  /** How long anything can be read. */
  readonly lifetime: Lifetime;
  /** How long a read may wait for others that hold the whole file. */
  readonly timeoutMs: number;
}

/** Reads on one connection. */
export class ConnectionScope implements ReadScope {
  readonly #options: ConnectionScopeOptions;

  constructor(options: ConnectionScopeOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#options.lifetime.isEnded;
  }

  get visibleUpTo(): number {
    return this.#options.visibleUpTo();
  }

  prepared(sql: string): PreparedStatement {
    return this.#options.statements.prepared(sql);
  }

  async read<T>(reading: () => T): Promise<T> {
    if (isTurnOver()) await nextTurn();
    try {
      return this.#readNow(reading);
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    return untilNotBusy(() => this.#readNow(reading), Deadline.after(this.#options.timeoutMs));
  }

  #readNow<T>(reading: () => T): T {
    this.#options.lifetime.throwIfEnded();
    this.#options.file?.throwIfReplaced();
    try {
      return reading();
    } catch (error) {
      throw isBusy(error) ? error : translateErrorOn(this.#options.statements.client, error);
    }
  }
}
