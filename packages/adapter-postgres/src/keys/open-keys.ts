import type { MigrationStatus } from "@eventfold/store/adapter";
import { checkedOptions } from "../checked-options.ts";
import { Connections } from "../connection/connections.ts";
import { type PostgresDatabase, sharedDatabase } from "../connection/postgres-database.ts";
import { StatementForm } from "../connection/statement.ts";
import { translateError } from "../errors/translate-error.ts";
import { checkConnection } from "../log-settings.ts";
import { MigrationRunner } from "../migrations/migration-runner.ts";
import { type KeyNames, keyNames } from "./key-names.ts";
import { keyMigrations } from "./migrations/key-migrations.ts";
import type {
  PostgresKeyStorageOptions,
  SeparateKeyStorageOptions,
  SharedKeyStorageOptions,
} from "./open-key-options.ts";

/** Everything that belongs to open keys. */
export interface OpenKeys {
  readonly database: Pick<PostgresDatabase, "settings" | "connections">;
  readonly names: KeyNames;
  readonly isShared: boolean;
}

/** Connects, and migrates or checks. What was opened is closed again when it fails. */
export async function openKeys(options: PostgresKeyStorageOptions): Promise<OpenKeys> {
  const opened = options.shareWith === undefined ? separate(options) : shared(options);
  try {
    await opened.database.connections.use(async (client) => {
      await checkConnection(client);
      const runner = runnerFor(opened.names);
      await (options.migrations === "check" ? runner.check(client) : runner.apply(client));
    });
    return opened;
  } catch (error) {
    await endKeys(opened);
    throw translateError(error);
  }
}

/** Ends what was opened for keys, once nothing is in flight any more. */
export async function endKeys({ database, isShared }: OpenKeys): Promise<void> {
  if (!isShared) await database.connections.end();
}

/** All migrations of open keys, and when each was applied. */
export async function listMigrations({ database, names }: OpenKeys): Promise<readonly MigrationStatus[]> {
  try {
    return await database.connections.use((client) => runnerFor(names).list(client));
  } catch (error) {
    throw translateError(error);
  }
}

function separate(options: SeparateKeyStorageOptions): OpenKeys {
  const names = keyNames(options);
  const settings = checkedOptions({ ...options, notifications: false });
  const connections = new Connections({ ...settings, form: new StatementForm(settings) });
  return { database: { settings, connections }, names, isShared: false };
}

function shared(options: SharedKeyStorageOptions): OpenKeys {
  const database = sharedDatabase(options);
  const names = keyNames({ ...options, schema: options.schema ?? database.names.schema });
  return { database, names, isShared: true };
}

function runnerFor({ schema, prefix, tables }: KeyNames): MigrationRunner {
  return new MigrationRunner({
    schema,
    table: tables.migrations,
    migrations: keyMigrations({ schema, keyPrefix: prefix }),
  });
}
