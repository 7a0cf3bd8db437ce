import {
  boundaryUpToHorizon,
  type EventQueryItem,
  type EventStorage,
  type OrderingGuarantee,
  type SaveRequest,
  type SaveResult,
  type StorageBoundary,
} from "@eventfold/store/adapter";
import type { StoredEvent } from "@eventfold/types";
import { translateError } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { EventReader } from "../reading/event-reader.ts";
import { storedEventFrom } from "../reading/stored-event-row.ts";
import { appendMany } from "../writing/append-many.ts";
import { isTagged } from "../writing/append-path.ts";
import { appendTagged } from "../writing/append-tagged.ts";
import { appendLarge, MAX_STATEMENT_BYTES } from "../writing/large-publish.ts";
import { bytesOf } from "../writing/publish.ts";
import { judgeSeen, newestIn, seenStatement, type Verdict } from "../writing/verdict.ts";
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
  #newest: StoredEvent | undefined;

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

  /** The newest event that was stored in the transaction, if it is committed. */
  get newest(): StoredEvent | undefined {
    return this.#newest;
  }

  override boundary(items: readonly EventQueryItem[]): Promise<StorageBoundary> {
    return boundaryUpToHorizon(this, items);
  }

  async save(request: SaveRequest): Promise<SaveResult> {
    this.#session.throwIfEnded();
    try {
      const result = await this.#session.inTurn((run) => this.#saved(request, run));
      this.#newest = newestIn(result) ?? this.#newest;
      return result;
    } catch (error) {
      throw translateError(error);
    }
  }

  async #saved(request: SaveRequest, run: RunStatement): Promise<SaveResult> {
    const verdict = await this.#append(request, run);
    if (verdict.kind === "accepted") throw new Error("A publish was judged, but not stored.");
    if (verdict.kind !== "seen") return verdict;
    const rows = await run(seenStatement(this.#options.names, request.writes));
    return judgeSeen(
      request.writes,
      rows.map((row) => storedEventFrom(row)),
    );
  }

  async #append(request: SaveRequest, run: RunStatement): Promise<Verdict> {
    const { names, writeTimeoutMs } = this.#options;
    // The notification is sent with the commit, so that followers also learn of what a caller's own transaction stores.
    const options = { lockTimeoutMs: writeTimeoutMs, notify: true };
    if (bytesOf(request) > MAX_STATEMENT_BYTES) {
      return appendLarge({ names, publish: request, run, ...options });
    }
    const path = isTagged(request) ? appendTagged : appendMany;
    const rows = await run(path.statement(names, [request], options));
    const [verdict] = path.verdicts([request], rows);
    return verdict as Verdict;
  }
}
