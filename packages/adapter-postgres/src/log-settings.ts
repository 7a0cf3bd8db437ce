import type { OrderingGuarantee } from "@eventfold/store";
import { NotADatabaseError, OrderingGuaranteeMismatchError } from "@eventfold/types";
import type { PoolClient } from "pg";
import type { LogNames } from "./naming/log-names.ts";

/** What the log was created with; `undefined` while there is none. */
export async function storedGuarantee(client: PoolClient, names: LogNames): Promise<OrderingGuarantee | undefined> {
  const { rows } = await client.query<{ known: boolean }>("select to_regclass($1) is not null as known", [
    names.settings,
  ]);
  if (!rows[0]?.known) return undefined;
  const settings = await client.query<{ value: string }>(
    `select value from ${names.settings} where name = 'ordering_guarantee'`,
  );
  const stored = settings.rows[0]?.value;
  if (stored === "log" || stored === "category" || stored === "stream") return stored;
  throw new NotADatabaseError(`The log's settings name no ordering guarantee that is known here: ${stored}.`);
}

/**
 * Refuses a database that is not in UTF-8.
 *
 * @throws `NotADatabaseError` (`NOT_A_DATABASE`)
 */
export async function checkEncoding(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>("select current_setting('server_encoding') as encoding");
  const encoding = rows[0]?.encoding;
  if (encoding !== "UTF8")
    throw new NotADatabaseError(`The database must be in the encoding UTF8, and is in ${encoding}.`);
}

/**
 * Refuses another guarantee than the one that the log was created with.
 *
 * @throws `OrderingGuaranteeMismatchError` (`ORDERING_GUARANTEE_MISMATCH`)
 */
export function checkGuarantee(stored: OrderingGuarantee | undefined, requested: OrderingGuarantee | undefined): void {
  if (stored !== undefined && requested !== undefined && stored !== requested) {
    throw new OrderingGuaranteeMismatchError({ stored, requested });
  }
}
