import type { EventStorage, OrderingGuarantee, SaveRequest, SaveResult } from "@eventfold/store/adapter";
import { translateError } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { EventReader } from "../reading/event-reader.ts";
import { storedEventFrom } from "../reading/stored-event-row.ts";
import { appendMany } from "../writing/append-many.ts";
import { appendLarge, MAX_STATEMENT_BYTES } from "../writing/large-publish.ts";
import { bytesOf } from "../writing/publish.ts";
import { judgeSeen, seenStatement, type Verdict } from "../writing/verdict.ts";
import type { RunStatement, TransactionSession } from "./transaction-session.ts";

/** What {@link TransactionStorage} is made from. */
export interface TransactionStorageOptions {
  readonly session: TransactionSession;
  readonly names: LogNames;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly writeTimeoutMs: number;
}

/** Events within a transaction on the caller's or the adapter's client. No call is repeated here, only the whole transaction. */
export class TransactionStorage extends EventReader implements EventStorage {
  readonly #options: TransactionStorageOptions;
  readonly #session: TransactionSession;

  constructor(options: TransactionStorageOptions) {
    const { session, names, orderingGuarantee, writeTimeoutMs } = options;
    super({
      ...{ names, orderingGuarantee },
      run: (statement) => session.run(statement),
      mayWaitForWriters: () => true, // the server leaves out the transaction's own backend.
      barrierTimeoutMs: writeTimeoutMs,
      lifetime: session,
      prefetches: false,
    });
    this.#options = options;
    this.#session = session;
  }

  async save({ writes }: SaveRequest): Promise<SaveResult> {
    this.#session.throwIfEnded();
    try {
      return await this.#session.inTurn((run) => this.#saved(writes, run));
    } catch (error) {
      throw translateError(error);
    }
  }

  async #saved(writes: SaveRequest["writes"], run: RunStatement): Promise<SaveResult> {
    const verdict = await this.#append(writes, run);
    if (verdict.kind !== "seen") return verdict;
    const rows = await run(seenStatement(this.#options.names, writes));
    return judgeSeen(
      writes,
      rows.map((row) => storedEventFrom(row)),
    );
  }

  async #append(writes: SaveRequest["writes"], run: RunStatement): Promise<Verdict> {
    const { names, writeTimeoutMs } = this.#options;
    // The notification is sent with the commit, so that followers also learn of what a caller's own transaction stores.
    const options = { lockTimeoutMs: writeTimeoutMs, notify: true };
    if (bytesOf(writes) > MAX_STATEMENT_BYTES) {
      return appendLarge({ names, writes, run, ...options });
    }
    const rows = await run(appendMany.statement(names, [writes], options));
    const [verdict] = appendMany.verdicts([writes], rows);
    return verdict as Verdict;
  }
}
