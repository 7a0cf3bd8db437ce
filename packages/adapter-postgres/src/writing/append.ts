import type { StreamWrite } from "@eventfold/store";
import type { ClientBase } from "pg";
import type { Statement, StatementForm, TextRow } from "../connection/statement.ts";
import { sqlstateOf } from "../errors/sqlstate.ts";
import type { LogNames } from "../naming/log-names.ts";
import { beginStatement } from "../transaction/begin-statement.ts";
import { appendFirstStatement, appendFirstVerdict, isFirst } from "./append-first.ts";
import type { WritesByPublish } from "./append-many.ts";
import { appendManyStatement, appendManyVerdicts } from "./append-many.ts";
import type { AppendOptions } from "./append-one.ts";
import { appendOneStatement, appendOneVerdict } from "./append-one.ts";
import { appendSinglesStatement, appendSinglesVerdicts, areSingles } from "./append-singles.ts";
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

type Run = (statement: Statement) => Promise<readonly TextRow[]>;

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
    const run: Run = (statement) => this.#form.run(client, statement);
    const [first] = publishes;
    if (first !== undefined && first.bytes > MAX_STATEMENT_BYTES) {
      const append = { names: this.#names, run, writes: first.writes, ...options };
      return [await inTransaction(client, options, () => appendLarge(append))];
    }
    if (this.#saysLevel) return inTransaction(client, options, () => this.#append(run, publishes, options));
    try {
      return await this.#append(run, publishes, options);
    } catch (error) {
      if (sqlstateOf(error) !== TOO_STRICT) throw error;
      this.#saysLevel = true;
      return inTransaction(client, options, () => this.#append(run, publishes, options));
    }
  }

  async #append(run: Run, publishes: readonly Publish[], options: AppendOptions): Promise<readonly Verdict[]> {
    const writes = publishes.map((publish) => publish.writes);
    const stored = this.#expectsSuccess ? await this.#store(run, writes, options) : undefined;
    if (stored !== undefined) return stored;
    const verdicts = await this.#judge(run, writes, options);
    this.#expectsSuccess = verdicts.every(({ kind }) => kind === "stored");
    return verdicts;
  }

  /** Stores everything, or nothing. */
  async #store(run: Run, publishes: WritesByPublish, options: AppendOptions): Promise<readonly Verdict[] | undefined> {
    const lone = loneWriteOf(publishes);
    if (lone !== undefined && isFirst(lone)) {
      const verdict = appendFirstVerdict(lone, await run(appendFirstStatement(this.#names, lone, options)));
      return verdict && [verdict];
    }
    if (publishes.length === 1 || !areSingles(publishes)) return undefined;
    return appendSinglesVerdicts(publishes, await run(appendSinglesStatement(this.#names, publishes, options)));
  }

  /** Stores what may be stored, and says why the rest may not. */
  async #judge(run: Run, publishes: WritesByPublish, options: AppendOptions): Promise<readonly Verdict[]> {
    const lone = loneWriteOf(publishes);
    if (lone !== undefined) {
      return [appendOneVerdict(lone, await run(appendOneStatement(this.#names, lone, options)))];
    }
    const rows = await run(appendManyStatement(this.#names, publishes, { ...options, mode: "store" }));
    return appendManyVerdicts(publishes, rows, "store") as readonly Verdict[];
  }
}

function loneWriteOf([writes, ...others]: WritesByPublish): StreamWrite | undefined {
  return others.length === 0 && writes?.length === 1 ? writes[0] : undefined;
}

async function inTransaction<T>(
  client: ClientBase,
  { idleTimeoutMs }: Pick<RunOptions, "idleTimeoutMs">,
  work: () => Promise<T>,
): Promise<T> {
  await client.query(beginStatement(idleTimeoutMs));
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {}); // a lost connection rolls back by itself.
    throw error;
  }
}
