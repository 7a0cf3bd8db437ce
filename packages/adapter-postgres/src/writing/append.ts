import type { ClientBase } from "pg";
import { inTransaction } from "../connection/in-transaction.ts";
import type { Statement, StatementForm } from "../connection/statement.ts";
import { sqlstateOf } from "../errors/sqlstate.ts";
import type { LogNames } from "../naming/log-names.ts";
import { beginStatement } from "../transaction/begin-statement.ts";
import { appendFirst } from "./append-first.ts";
import { appendFirstTagged } from "./append-first-tagged.ts";
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

/** The ways to append publishes of one sort. The leanest come first, and the last serves everything. */
interface AppendPaths {
  readonly hopeful: readonly HopefulAppendPath[];
  readonly judging: readonly AppendPath[];
  /** Whether all of the last ones were stored. */
  expectsSuccess: boolean;
}

/**
 * Appends publishes by the leanest function that serves. Functions that expect everything to be stored are tried as long as
 * that proves true. Where publishes are in each other's way, such a try would only be additional work.
 */
export class Append {
  readonly #names: LogNames;
  readonly #form: StatementForm;
  readonly #untagged: AppendPaths = {
    hopeful: [appendFirst, appendSingles],
    judging: [appendOne, appendStream, appendMany],
    expectsSuccess: true,
  };
  readonly #tagged: AppendPaths = {
    hopeful: [appendFirstTagged],
    judging: [appendOneTagged, appendTagged],
    expectsSuccess: true,
  };
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
    const paths = publishes.some((publish) => publish.isTagged) ? this.#tagged : this.#untagged;
    const hopeful = paths.expectsSuccess ? pathFor(paths.hopeful, publishes) : undefined;
    if (hopeful !== undefined) {
      const statement = hopeful.statement(this.#names, publishes, options);
      const stored = hopeful.verdicts(publishes, await this.#form.run(client, statement));
      if (stored !== undefined) return stored;
    }
    const path = pathFor(paths.judging, publishes) as AppendPath;
    const statement = path.statement(this.#names, publishes, options);
    const verdicts = path.verdicts(publishes, await this.#form.run(client, statement));
    paths.expectsSuccess = verdicts.every(({ kind }) => kind === "stored");
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
