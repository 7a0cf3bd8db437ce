import { createHash } from "node:crypto";
import type { ClientBase, QueryArrayConfig } from "pg";

/** A statement with its bound values. A `Buffer` is sent as it is, in the binary form of its type. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Whether it is never prepared, because its plan must depend on its values. Default: `false`. */
  readonly isOneOff?: boolean;
}

/** A row as the server printed it: the texts of its columns. */
export type TextRow = readonly (string | null)[];

const asText = (text: unknown) => text;
const TEXT_TYPES = { getTypeParser: () => asText };

/** How statements are run: rows as arrays of text, prepared once per connection if so wished. */
export class StatementForm {
  readonly #isPrepared: boolean;
  readonly #names = new Map<string, string>();

  constructor({ preparedStatements }: { readonly preparedStatements: boolean }) {
    this.#isPrepared = preparedStatements;
  }

  /** Runs a statement and gives the rows. What the driver throws is not translated. */
  async run(client: ClientBase, statement: Statement): Promise<readonly TextRow[]> {
    return (await client.query<string[]>(this.#queryOf(statement))).rows;
  }

  #queryOf({ text, values, isOneOff = false }: Statement): QueryArrayConfig {
    const name = this.#isPrepared && !isOneOff ? this.#nameOf(text) : undefined;
    return { name, text, values: values as unknown[], rowMode: "array", types: TEXT_TYPES };
  }

  // The name follows from the text, so that adapters that share a pool never mean different statements by one name.
  #nameOf(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `eventfold_${createHash("sha256").update(text).digest("hex").slice(0, 24)}`;
      this.#names.set(text, name);
    }
    return name;
  }
}

/** Runs statements unprepared, for rare work. */
export const UNPREPARED = new StatementForm({ preparedStatements: false });

/** Whether there is a table, named as in SQL. */
export async function hasTable(client: ClientBase, table: string): Promise<boolean> {
  const [row] = await UNPREPARED.run(client, { text: "select to_regclass($1) is not null", values: [table] });
  return row?.[0] === "t";
}
