import type { MigrationStatus } from "@eventfold/store/adapter";
import { type ClientBase, Pool } from "pg";
import { checkedOptions } from "../checked-options.ts";
import { Connections } from "../connection/connections.ts";
import { type PostgresDatabase, sharedDatabase } from "../connection/postgres-database.ts";
import { StatementForm } from "../connection/statement.ts";
import { translateError } from "../errors/translate-error.ts";
import { checkConnection } from "../log-settings.ts";
import { MigrationRunner } from "../migrations/migration-runner.ts";
import { ChangeSource } from "../notification/change-source.ts";
import { listenConfigFrom } from "../notification/listen-config.ts";
import type { PostgresEventStorageAdapter } from "../postgres-event-storage-adapter.ts";
import { Transactions } from "../transaction/transactions.ts";
import { processingMigrations } from "./migrations/processing-migrations.ts";
import type {
  PostgresProcessingStorageOptions,
  SeparateProcessingStorageOptions,
  SharedProcessingStorageOptions,
} from "./open-processing-options.ts";
import { type ProcessingNames, processingNames } from "./processing-names.ts";

/** A transaction with which a checkpoint can be committed. Its client is for the caller's own statements. */
export interface ProcessingClientTransaction {
  /** The client that the transaction runs on. Do not end, release, commit or roll it back inside `transaction`. */
  readonly client: ClientBase;
}

/** Everything that belongs to open processing. */
export interface OpenProcessing {
  readonly database: Pick<PostgresDatabase, "settings" | "connections" | "transactions">;
  readonly names: ProcessingNames;
  readonly changes: ChangeSource;
  /** The connections for beats. */
  readonly beatConnections: Connections;
  /** The adapter whose database it is; `undefined` when it was opened for processing alone. */
  readonly shareWith: PostgresEventStorageAdapter | undefined;
}

/** Connects, migrates or checks, and starts to listen. What was opened is closed again when it fails. */
export async function openProcessing(options: PostgresProcessingStorageOptions): Promise<OpenProcessing> {
  const opened = options.shareWith === undefined ? separate(options) : shared(options);
  const { connections, settings } = opened.database;
  try {
    await connections.use(async (client) => {
      await checkConnection(client);
      const runner = runnerFor(opened.names);
      await (options.migrations === "check" ? runner.check(client) : runner.apply(client));
    });
    if (settings.listenConfig !== undefined) await opened.changes.listen(settings.listenConfig);
    return opened;
  } catch (error) {
    await endProcessing(opened);
    throw translateError(error);
  }
}

/** Ends what processing has opened, once nothing is in flight any more. */
export async function endProcessing(opened: OpenProcessing): Promise<void> {
  const { changes, database, beatConnections, shareWith } = opened;
  const { connections } = database;
  await changes.close();
  if (beatConnections !== connections) await beatConnections.end();
  if (shareWith === undefined) await connections.end();
}

function separate(options: SeparateProcessingStorageOptions): OpenProcessing {
  const names = processingNames(options);
  const settings = checkedOptions(options);
  const connections = new Connections({ ...settings, form: new StatementForm(settings) });
  const transactions = new Transactions({ connections, idleTimeoutMs: settings.transactionIdleTimeoutMs });
  return opening({ settings, connections, transactions }, names, undefined);
}

function shared(options: SharedProcessingStorageOptions): OpenProcessing {
  const database = sharedDatabase(options);
  const names = processingNames({ ...options, schema: options.schema ?? database.names.schema });
  return opening(database, names, options.shareWith);
}

function opening(
  database: OpenProcessing["database"],
  names: ProcessingNames,
  shareWith: PostgresEventStorageAdapter | undefined,
): OpenProcessing {
  const { settings, connections } = database;
  const { logger, connectTimeoutMs } = settings;
  const { channel } = names;
  // Nodes look by themselves whenever they beat.
  const changes = new ChangeSource({ connections, channel, logger, connectTimeoutMs, pollIntervalMs: undefined });
  return { database, names, changes, beatConnections: beatConnections(database), shareWith };
}

/**
 * One connection in addition to the adapter's own pool, opened by the first beat: when transactions occupy the whole pool, the node
 * must not be taken for dead. How a caller's pool sets up its connections is not known, so with one of those beats use the pool too.
 */
function beatConnections({ settings, connections }: OpenProcessing["database"]): Connections {
  if (!settings.isOwnPool) return connections;
  const pool = new Pool({ ...listenConfigFrom(settings.pool, undefined), max: 1 });
  return new Connections({ ...settings, pool, form: connections.form });
}

/** All migrations of open processing, and when each was applied. */
export async function listMigrations({ database, names }: OpenProcessing): Promise<readonly MigrationStatus[]> {
  try {
    return await database.connections.use((client) => runnerFor(names).list(client));
  } catch (error) {
    throw translateError(error);
  }
}

function runnerFor({ schema, prefix, tables }: ProcessingNames): MigrationRunner {
  return new MigrationRunner({
    schema,
    table: tables.migrations,
    migrations: processingMigrations({ schema, processingPrefix: prefix }),
  });
}
