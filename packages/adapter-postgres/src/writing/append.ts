import type { ClientBase } from "pg";
import { inTransaction } from "../connection/in-transaction.ts";
import type { Statement, StatementForm } from "../connection/statement.ts";
import { sqlstateOf } from "../errors/sqlstate.ts";
import type { LogNames } from "../naming/log-names.ts";
import { beginStatement } from "../transaction/begin-statement.ts";
import { appendFirst } from "./append-first.ts";
import { appendMany } from "./append-many.ts";
import { appendOne } from "./append-one.ts";
import { appendOneTagged } from "./append-one-tagged.ts";
import type { AppendOptions, AppendPath, AppendRequest, HopefulAppendPath } from "./append-path.ts";
import { appendSingles } from "./append-singles.ts";
import { appendStream } from "./append-stream.ts";
import { appendTagged } from "./append-tagged.ts";
import { appendLarge, MAX_STATEMENT_BYTES } from "./large-publish.ts";
import type { Publish } from "./publish.ts";
import type { Verdict } from "./verdict.ts";

/** What {@link Append} is made from. */
export interface AppendForm {
  readonly names: LogNames;
  readonly form: StatementForm;
}

/** How long {@link Append.run} may wait, and whether it notifies. */
export interface RunOptions extends AppendOptions {
  /** How long a transaction of several statements may be idle before the server ends it. */
  readonly idleTimeoutMs: number;
}

// The functions fail with this at any isolation level other than READ COMMITTED.
const TOO_STRICT = "25001";

// The leanest come first.
const HOPEFUL_PATHS: readonly HopefulAppendPath[] = [appendFirst, appendSingles];
const JUDGING_PATHS: readonly AppendPath[] = [appendOne, appendStream, appendMany];
const TAGGED_PATHS: readonly AppendPath[] = [appendOneTagged, appendTagged];

/**
 * Appends publishes by the leanest function that serves. Functions that expect everything to be stored are tried as long as
 * that proves true. Where publishes are in each other's way, such a try would only be additional work.
 */
export class Append {
  readonly #names: LogNames;
  readonly #form: StatementForm;
  #expectsSuccess = true;
  /** Whether the isolation level has to be set, at the cost of two round trips, because the role's default is stricter. */
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
      const large = { names: this.#names, run, publish: first, ...options };
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
    if (publishes.some((publish) => publish.isTagged)) {
      const path = pathFor(TAGGED_PATHS, publishes) ?? appendTagged;
      return path.verdicts(publishes, await this.#form.run(client, path.statement(this.#names, publishes, options)));
    }
    const hopeful = this.#expectsSuccess ? pathFor(HOPEFUL_PATHS, publishes) : undefined;
    if (hopeful !== undefined) {
      const statement = hopeful.statement(this.#names, publishes, options);
      const stored = hopeful.verdicts(publishes, await this.#form.run(client, statement));
      if (stored !== undefined) return stored;
    }
    const path = pathFor(JUDGING_PATHS, publishes) ?? appendMany;
    const statement = path.statement(this.#names, publishes, options);
    const verdicts = path.verdicts(publishes, await this.#form.run(client, statement));
    this.#expectsSuccess = verdicts.every(({ kind }) => kind === "stored");
    return verdicts;
  }
}

// A loop, because "find" would need a new function for each commit.
function pathFor<TPath extends Pick<AppendPath, "serves">>(
  paths: readonly TPath[],
  publishes: readonly AppendRequest[],
): TPath | undefined {
  for (const path of paths) if (path.serves(publishes)) return path;
  return undefined;
}
