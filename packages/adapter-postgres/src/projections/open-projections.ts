import type { QueryFunctions } from "@eventfold/query";
import { checkedTimeoutMs, type MigrationStatus } from "@eventfold/store/adapter";
import type { ClientBase, PoolClient } from "pg";
import { checkedOptions } from "../checked-options.ts";
import { Connections } from "../connection/connections.ts";
import { sharedDatabase } from "../connection/postgres-database.ts";
import { StatementForm } from "../connection/statement.ts";
import { translateError } from "../errors/translate-error.ts";
import { checkConnection } from "../log-settings.ts";
import { MigrationRunner } from "../migrations/migration-runner.ts";
import type { PostgresEventStorageAdapter } from "../postgres-event-storage-adapter.ts";
import { functionsInSql } from "../query/function-in-sql.ts";
import { Transactions } from "../transaction/transactions.ts";
import { checkFunctions } from "./check-functions.ts";
import { createIndexes, missingIndexes } from "./migrations/index-runner.ts";
import { indexDefinition } from "./migrations/projection-index.ts";
import { projectionMigrations } from "./migrations/projection-migrations.ts";
import type {
  PostgresProjectionStorageOptions,
  ProjectionStorageOptions,
  SeparateProjectionStorageOptions,
  SharedProjectionStorageOptions,
} from "./open-projection-options.ts";
import { type ProjectionNames, projectionNames } from "./projection-names.ts";

/** A transaction in which projections can be written. Its client is for the caller's own statements. */
export interface ProjectionTransaction {
  /** The client that the transaction runs on. Do not end, release, commit or roll it back inside `transaction`. */
  readonly client: ClientBase;
}

/** Everything that belongs to open projections. */
export interface OpenProjections {
  readonly names: ProjectionNames;
  /** The functions that queries may call, with their SQL. */
  readonly functions: QueryFunctions;
  readonly connections: Connections;
  readonly transactions: Transactions;
  readonly writeTimeoutMs: number;
  /** When the server is to cancel a search; `undefined`: as the server is set. */
  readonly searchTimeoutMs: number | undefined;
  /** Whose connections they are; `undefined` when they were opened for the projections alone. */
  readonly shareWith: PostgresEventStorageAdapter | undefined;
}

/** Connects, migrates or checks, and has functions parsed. What was opened is closed again when it fails. */
export async function openProjections(options: PostgresProjectionStorageOptions): Promise<OpenProjections> {
  const opened = options.shareWith === undefined ? openSeparate(options) : shareDatabase(options);
  for (const index of options.indexes ?? []) indexDefinition(opened.names, index);
  try {
    await opened.connections.use((client) => prepareDatabase(options, opened, client));
    return opened;
  } catch (error) {
    if (opened.shareWith === undefined) await opened.connections.end();
    throw translateError(error);
  }
}

type Opening = OpenProjections & { warn(message: string): void };

function openSeparate(options: SeparateProjectionStorageOptions): Opening {
  const names = projectionNames(options);
  const functions = functionsInSql(options.functions ?? []);
  const searchTimeoutMs = checkedSearchTimeoutMs(options);
  const settings = checkedOptions(options);
  const connections = new Connections({ ...settings, form: new StatementForm(settings) });
  const transactions = new Transactions({ connections, idleTimeoutMs: settings.transactionIdleTimeoutMs });
  const { writeTimeoutMs, logger } = settings;
  const warn = (message: string) => logger.warn({}, message);
  const opened = { names, functions, connections, transactions, writeTimeoutMs, searchTimeoutMs };
  return { ...opened, shareWith: undefined, warn };
}

function shareDatabase(options: SharedProjectionStorageOptions): Opening {
  const { names: logNames, connections, transactions, settings } = sharedDatabase(options);
  const { shareWith } = options;
  const { writeTimeoutMs, logger } = settings;
  const searchTimeoutMs = checkedSearchTimeoutMs(options);
  const functions = functionsInSql(options.functions ?? []);
  const names = projectionNames({ ...options, schema: options.schema ?? logNames.schema });
  const warn = (message: string) => logger.warn({}, message);
  return { names, functions, connections, transactions, writeTimeoutMs, searchTimeoutMs, shareWith, warn };
}

function checkedSearchTimeoutMs({ searchTimeoutMs }: ProjectionStorageOptions): number | undefined {
  if (searchTimeoutMs === undefined) return undefined;
  if (searchTimeoutMs === 0)
    throw new RangeError("searchTimeoutMs must be at least 1: to PostgreSQL, 0 means no limit.");
  return checkedTimeoutMs("searchTimeoutMs", searchTimeoutMs);
}

async function prepareDatabase(
  options: PostgresProjectionStorageOptions,
  opened: Opening,
  client: PoolClient,
): Promise<void> {
  await checkConnection(client);
  await migrate(options, opened, client);
  await checkFunctions(client, opened.functions);
}

async function migrate(
  options: PostgresProjectionStorageOptions,
  { names, warn }: Opening,
  client: PoolClient,
): Promise<void> {
  const runner = runnerFor(names);
  if (options.migrations !== "check") {
    await runner.apply(client);
    return createIndexes(client, names, options.indexes ?? []);
  }
  await runner.check(client);
  for (const { name } of await missingIndexes(client, names, options.indexes ?? [])) {
    warn(`eventfold: the index ${name}, which was declared, does not exist`);
  }
}

/** All migrations of open projections, and when each was applied. */
export async function listMigrations({
  connections,
  names,
}: Pick<OpenProjections, "connections" | "names">): Promise<readonly MigrationStatus[]> {
  try {
    return await connections.use((client) => runnerFor(names).list(client));
  } catch (error) {
    throw translateError(error);
  }
}

function runnerFor({ schema, projectionsTable, migrations }: ProjectionNames): MigrationRunner {
  return new MigrationRunner({
    schema,
    table: migrations,
    migrations: projectionMigrations({ schema, projectionsTable }),
  });
}
