import type { OrderingGuarantee } from "@eventfold/store/adapter";
import { NotADatabaseError, OrderingGuaranteeMismatchError } from "@eventfold/types";
import type { ClientBase } from "pg";
import { refuseBinary } from "./connection/refuse-binary.ts";
import { hasTable, UNPREPARED } from "./connection/statement.ts";
import type { LogNames } from "./naming/log-names.ts";

/** The guarantee that the log was created with; `undefined` while there is no log. */
export async function readGuarantee(client: ClientBase, names: LogNames): Promise<OrderingGuarantee | undefined> {
  if (!(await hasTable(client, names.settings))) return undefined;
  const text = `select value from ${names.settings} where name = 'ordering_guarantee'`;
  const [setting] = await UNPREPARED.run(client, { text, values: [] });
  const stored = setting?.[0];
  if (stored === "log" || stored === "category" || stored === "stream") return stored;
  throw new NotADatabaseError(`The log's settings name an unknown ordering guarantee: ${stored}.`);
}

/**
 * Refuses a client that wants binary results, and a database that is not in UTF-8.
 *
 * @throws `TypeError`, `NotADatabaseError` (`NOT_A_DATABASE`)
 */
export async function checkConnection(client: ClientBase): Promise<void> {
  refuseBinary(client);
  const [row] = await UNPREPARED.run(client, { text: "select current_setting('server_encoding')", values: [] });
  const encoding = row?.[0];
  if (encoding !== "UTF8")
    throw new NotADatabaseError(`The database must be encoded in UTF8, but is encoded in ${encoding}.`);
}

/**
 * Refuses a guarantee other than the one the log was created with.
 *
 * @throws `OrderingGuaranteeMismatchError` (`ORDERING_GUARANTEE_MISMATCH`)
 */
export function checkGuarantee(stored: OrderingGuarantee | undefined, requested: OrderingGuarantee | undefined): void {
  if (stored !== undefined && requested !== undefined && stored !== requested) {
    throw new OrderingGuaranteeMismatchError({ stored, requested });
  }
}
