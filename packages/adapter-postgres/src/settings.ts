import { checkedOrderingGuarantee, checkedTimeoutMs } from "@eventfold/store";
import type { Logger } from "@eventfold/types";
import { silentLogger } from "@eventfold/types";
import { Pool } from "pg";
import type { PostgresEventStorageOptions } from "./open-options.ts";

/** The options of an adapter, checked, with every default filled in. */
export interface Settings {
  readonly pool: Pool;
  readonly isOwnPool: boolean;
  readonly writeTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly replyTimeoutMs: number | undefined;
  readonly transactionIdleTimeoutMs: number;
  readonly pollIntervalMs: number;
  readonly preparedStatements: boolean;
  readonly logger: Logger;
}

const REPLY_GRACE_MS = 5_000;

/**
 * Checks options and fills in defaults. It opens a pool, which is not connected yet, where none is given.
 *
 * @throws `TypeError` or `RangeError` for options that make no sense.
 */
export function settingsFrom(options: PostgresEventStorageOptions): Settings {
  if ((options.pool === undefined) === (options.connectionString === undefined)) {
    throw new TypeError("Give either a `connectionString` or a `pool`.");
  }
  if (options.orderingGuarantee !== undefined) checkedOrderingGuarantee(options.orderingGuarantee);
  const statementTimeoutMs = checkedMs("statementTimeoutMs", options.statementTimeoutMs);
  const connectTimeoutMs = checkedMs("connectTimeoutMs", options.connectTimeoutMs) ?? 10_000;
  return {
    pool: options.pool ?? openPool(options),
    isOwnPool: options.pool === undefined,
    writeTimeoutMs: checkedMs("writeTimeoutMs", options.writeTimeoutMs) ?? 30_000,
    connectTimeoutMs,
    replyTimeoutMs: statementTimeoutMs === undefined ? undefined : statementTimeoutMs + REPLY_GRACE_MS,
    transactionIdleTimeoutMs: checkedMs("transactionIdleTimeoutMs", options.transactionIdleTimeoutMs) ?? 15_000,
    pollIntervalMs:
      checkedMs("pollIntervalMs", options.pollIntervalMs) ?? (options.notifications === false ? 250 : 5_000),
    preparedStatements: options.preparedStatements ?? true,
    logger: options.logger ?? silentLogger,
  };
}

function openPool(options: PostgresEventStorageOptions): Pool {
  return new Pool({
    connectionString: options.connectionString,
    max: options.maxConnections ?? 10,
    keepAlive: true,
    application_name: "eventfold",
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
  });
}

function checkedMs(option: string, value: number | undefined): number | undefined {
  return value === undefined ? undefined : checkedTimeoutMs(option, value);
}
