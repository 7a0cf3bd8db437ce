import type { PendingMigration } from "@eventfold/store/adapter";
import { silentLogger } from "@eventfold/types";
import type { Client } from "pg";
import { checkConnectionString } from "../connection/check-connection-string.ts";
import { hasTable } from "../connection/statement.ts";
import { translateError } from "../errors/translate-error.ts";
import { keyNames } from "../keys/key-names.ts";
import { keyMigrations } from "../keys/migrations/key-migrations.ts";
import { readGuarantee } from "../log-settings.ts";
import type { LogLocation } from "../naming/log-location.ts";
import { logNames } from "../naming/log-names.ts";
import { processingMigrations } from "../processing/migrations/processing-migrations.ts";
import { processingNames } from "../processing/processing-names.ts";
import { projectionMigrations } from "../projections/migrations/projection-migrations.ts";
import { projectionNames } from "../projections/projection-names.ts";
import { addressFrom, clientFrom } from "../servers/primary-client.ts";
import { eventMigrations } from "./event-migrations.ts";
import { MigrationRunner } from "./migration-runner.ts";

/** Where {@link readPendingMigrations} looks. */
export interface PendingMigrationOptions extends LogLocation {
  /** `postgres://user:password@host:port/database`, also with several hosts. */
  readonly connectionString: string;
}

/**
 * The migrations that a schema lacks: of the log, and of projections, processing and keys with their default names, where it has those.
 * It only reads.
 *
 * @throws as `PostgresEventStorageAdapter.open` does, but for `SchemaTooOldError`.
 *
 * @example
 * ```ts
 * const pending = await readPendingMigrations({ connectionString: "postgres://localhost/app" });
 * for (const { component, version, sql } of pending) console.log(component, version, sql);
 * ```
 */
export async function readPendingMigrations({
  connectionString,
  ...location
}: PendingMigrationOptions): Promise<readonly PendingMigration[]> {
  checkConnectionString("connectionString", connectionString);
  const connecting = { connectTimeoutMs: 10_000, logger: silentLogger };
  const client = clientFrom(addressFrom("connectionString", connectionString, connecting));
  client.on("error", () => {}); // what is asked of it rejects
  try {
    await client.connect();
    const pending: PendingMigration[] = [];
    for (const { component, runner, isThere } of await partsOf(client, location)) {
      if (!isThere && component !== "events") continue;
      for (const [index, migration] of (await runner.pending(client)).entries()) {
        const { version, name, compatible } = migration;
        const preparation = !isThere && index === 0 ? `${runner.preparation}\n\n` : "";
        const sql = `${preparation}${migration.sql.trimEnd()}\n\n${runner.recordOf(migration)}`;
        pending.push({ component, version, name, compatible, sql });
      }
    }
    return pending;
  } catch (error) {
    throw translateError(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A part of the library, and whether a schema has it. */
interface Part {
  readonly component: string;
  readonly runner: MigrationRunner;
  readonly isThere: boolean;
}

async function partsOf(client: Client, location: LogLocation): Promise<readonly Part[]> {
  const names = logNames(location);
  const { schema } = names;
  const orderingGuarantee = await readGuarantee(client, names);
  const parts = [
    { component: "events", table: names.migrations, migrations: eventMigrations({ ...location, orderingGuarantee }) },
    {
      component: "projections",
      table: projectionNames({ schema }).migrations,
      migrations: projectionMigrations({ schema }),
    },
    {
      component: "processing",
      table: processingNames({ schema }).tables.migrations,
      migrations: processingMigrations({ schema }),
    },
    { component: "keys", table: keyNames({ schema }).tables.migrations, migrations: keyMigrations({ schema }) },
  ];
  const found: Part[] = [];
  for (const { component, table, migrations } of parts) {
    const runner = new MigrationRunner({ schema, table, migrations });
    found.push({ component, runner, isThere: await hasTable(client, table) });
  }
  return found;
}
