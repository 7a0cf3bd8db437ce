import type { ClientBase } from "pg";
import { inTransaction } from "../connection/in-transaction.ts";
import type { Statement, StatementForm } from "../connection/statement.ts";
import { sqlstateOf } from "../errors/sqlstate.ts";
import type { LogNames } from "../naming/log-names.ts";
import { beginStatement } from "../transaction/begin-statement.ts";
import { appendFirst } from "./append-first.ts";
import { appendMany } from "./append-many.ts";
import { appendOne } from "./append-one.ts";
import type { AppendOptions, AppendPath, HopefulAppendPath, WritesByPublish } from "./append-path.ts";
import { appendSingles } from "./append-singles.ts";
import { appendStream } from "./append-stream.ts";
import { appendLarge, MAX_STATEMENT_BYTES } from "./large-publish.ts";
import type { Publish } from "./publish.ts";
import type { Verdict } from "./verdict.ts";

/** What {@link Append} is made from. */
export interface AppendForm {
  readonly names: LogNames;
  readonly form: StatementForm;
}

/** How {@link Append.run} is to wait and to tell. */
export interface RunOptions extends AppendOptions {
  /** How long a transaction of several statements may be idle before the server ends it. */
  readonly idleTimeoutMs: number;
}

// What the functions refuse another isolation level than READ COMMITTED with.
const TOO_STRICT = "25001";

// Each from the leanest on.
const HOPEFUL_PATHS: readonly HopefulAppendPath[] = [appendFirst, appendSingles];
const JUDGING_PATHS: readonly AppendPath[] = [appendOne, appendStream, appendMany];

/**
 * Appends publishes by the leanest function that serves. Those that take for granted that everything will be stored are
 * tried as long as that proves true; where publishes are in each other's way, trying would only cost.
 */
export class Append {
  readonly #names: LogNames;
  readonly #form: StatementForm;
  #expectsSuccess = true;
  /** Whether the isolation level has to be said, at the cost of two round trips: the role's default is stricter. */
  #saysLevel = false;

  constructor({ names, form }: AppendForm) {
    this.#names = names;
    this.#form = form;
  }

  /** One commit. Rejects with what the driver throws. */
  async run(client: ClientBase, publishes: readonly Publish[], options: RunOptions): Promise<readonly Verdict[]> {
    const [first] = publishes;
    if (first !== undefined && first.bytes > MAX_STATEMENT_BYTES) {
      const run = (statement: Statement) => this.#form.run(client, statement);
      const large = { names: this.#names, run, writes: first.writes, ...options };
      return [await inTransaction(client, beginStatement(options.idleTimeoutMs), () => appendLarge(large))];
    }
    const append = () => this.#append(client, publishes, options);
    if (this.#saysLevel) return inTransaction(client, beginStatement(options.idleTimeoutMs), append);
    try {
      return await append();
    } catch (error) {
      if (sqlstateOf(error) !== TOO_STRICT) throw error;
      this.#saysLevel = true;
      return inTransaction(client, beginStatement(options.idleTimeoutMs), append);
    }
  }

  async #append(
    client: ClientBase,
    publishes: readonly Publish[],
    options: AppendOptions,
  ): Promise<readonly Verdict[]> {
    const writes = publishes.map((publish) => publish.writes);
    const hopeful = this.#expectsSuccess ? pathFor(HOPEFUL_PATHS, writes) : undefined;
    if (hopeful !== undefined) {
      const stored = hopeful.verdicts(
        writes,
        await this.#form.run(client, hopeful.statement(this.#names, writes, options)),
      );
      if (stored !== undefined) return stored;
    }
    const path = pathFor(JUDGING_PATHS, writes) ?? appendMany;
    const verdicts = path.verdicts(writes, await this.#form.run(client, path.statement(this.#names, writes, options)));
    this.#expectsSuccess = verdicts.every(({ kind }) => kind === "stored");
    return verdicts;
  }
}

// A loop, for "find" would make a function for each commit.
function pathFor<TPath extends Pick<AppendPath, "serves">>(
  paths: readonly TPath[],
  publishes: WritesByPublish,
): TPath | undefined {
  for (const path of paths) if (path.serves(publishes)) return path;
  return undefined;
}
