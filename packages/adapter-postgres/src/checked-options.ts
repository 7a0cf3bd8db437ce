import { checkedChoice, checkedOrderingGuarantee, checkedTimeoutMs } from "@eventfold/store/adapter";
import type { Logger } from "@eventfold/types";
import { guardedLogger } from "@eventfold/types";
import { type ClientConfig, Pool } from "pg";
import { checkConnectionString } from "./connection/check-connection-string.ts";
import { listenConfigFrom } from "./notification/listen-config.ts";
import type { PostgresEventStorageOptions } from "./open-options.ts";
import { type Address, addressFrom } from "./servers/primary-client.ts";

/** The options of an adapter, checked, with every default filled in. */
export interface CheckedOptions {
  readonly pool: Pool;
  readonly isOwnPool: boolean;
  readonly writeTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly replyTimeoutMs: number;
  readonly transactionIdleTimeoutMs: number;
  readonly pollIntervalMs: number;
  /** How to connect for listening; `undefined` if no connection may listen. */
  readonly listenConfig: ClientConfig | undefined;
  readonly preparedStatements: boolean;
  /** How many standbys must have a commit before it is acknowledged; 0 for as many as the server is set to wait for. */
  readonly requiredStandbys: number;
  /** How many standbys must have an event before followers see it; 0 for none. */
  readonly followedStandbys: number;
  readonly logger: Logger;
}

// The server should give up first, and say why.
const REPLY_GRACE_MS = 1_000;

/**
 * Checks options and fills in defaults. It opens a pool, which is not connected yet, where none is given.
 *
 * @throws `TypeError` or `RangeError` for options that make no sense.
 */
export function checkedOptions(options: PostgresEventStorageOptions): CheckedOptions {
  if ((options.pool === undefined) === (options.connectionString === undefined)) {
    throw new TypeError("Give either a `connectionString` or a `pool`.");
  }
  if (options.orderingGuarantee !== undefined) checkedOrderingGuarantee(options.orderingGuarantee);
  checkMigrations(options);
  if (options.connectionString !== undefined) checkConnectionString("connectionString", options.connectionString);
  const { listenConnectionString } = options;
  if (listenConnectionString !== undefined) checkConnectionString("listenConnectionString", listenConnectionString);
  checkedMs("statementTimeoutMs", options.statementTimeoutMs);
  const readTimeoutMs = checkedMs("readTimeoutMs", options.readTimeoutMs) ?? 60_000;
  const writeTimeoutMs = checkedMs("writeTimeoutMs", options.writeTimeoutMs) ?? 30_000;
  const connectTimeoutMs = checkedMs("connectTimeoutMs", options.connectTimeoutMs) ?? 10_000;
  const logger = guardedLogger(options.logger);
  const connecting = { connectTimeoutMs, logger };
  const pool =
    options.pool ??
    openPool(options, addressFrom("connectionString", options.connectionString, connecting), connectTimeoutMs);
  const listenAddress =
    listenConnectionString === undefined
      ? undefined
      : addressFrom("listenConnectionString", listenConnectionString, connecting);
  return {
    pool,
    isOwnPool: options.pool === undefined,
    writeTimeoutMs,
    connectTimeoutMs,
    // A scan of a wider scope waits for writers as long as a writer does.
    replyTimeoutMs: Math.max(readTimeoutMs, writeTimeoutMs + REPLY_GRACE_MS),
    transactionIdleTimeoutMs: checkedMs("transactionIdleTimeoutMs", options.transactionIdleTimeoutMs) ?? 15_000,
    pollIntervalMs:
      checkedMs("pollIntervalMs", options.pollIntervalMs) ?? (options.notifications === false ? 250 : 5_000),
    listenConfig: options.notifications === false ? undefined : listenConfigFrom(pool, listenAddress),
    preparedStatements: options.preparedStatements ?? true,
    requiredStandbys: checkedStandbys("requireSynchronousStandbys", options.requireSynchronousStandbys),
    followedStandbys: checkedStandbys("followersWaitForStandbys", options.followersWaitForStandbys),
    logger,
  };
}

/** @throws `TypeError` when an untyped caller gives anything but `"apply"` or `"check"`. */
export function checkMigrations({ migrations }: Pick<PostgresEventStorageOptions, "migrations">): void {
  if (migrations !== undefined) checkedChoice("migrations", migrations, ["apply", "check"]);
}

function openPool(options: PostgresEventStorageOptions, address: Address, connectTimeoutMs: number): Pool {
  return new Pool({
    ...address,
    max: options.maxConnections ?? 10,
    keepAlive: true,
    // Otherwise a connection to a server that never answers would take its place in the pool forever.
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "eventfold",
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
  });
}

function checkedStandbys(option: string, count = 0): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`${option} must be an integer from 0, got ${String(count)}.`);
}

function checkedMs(option: string, value: number | undefined): number | undefined {
  return value === undefined ? undefined : checkedTimeoutMs(option, value);
}
