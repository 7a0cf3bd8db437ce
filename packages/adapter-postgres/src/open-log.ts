import type { MigrationStatus, OrderingGuarantee } from "@eventfold/store/adapter";
import type { PoolClient } from "pg";
import { Connections } from "./connection/connections.ts";
import { requireStandbys } from "./connection/standby-wait.ts";
import { StatementForm } from "./connection/statement.ts";
import { translateError } from "./errors/translate-error.ts";
import { KnownLog } from "./identity/known-log.ts";
import { checkConnection, checkGuarantee, readGuarantee } from "./log-settings.ts";
import { eventMigrations } from "./migrations/event-migrations.ts";
import { MigrationRunner } from "./migrations/migration-runner.ts";
import { checkedNumberAbove, repairSequence, type SequenceOptions } from "./migrations/sequence-repair.ts";
import type { LogNames } from "./naming/log-names.ts";
import { logNames } from "./naming/log-names.ts";
import { ChangeSource } from "./notification/change-source.ts";
import type { PostgresEventStorageOptions } from "./open-options.ts";
import { ReplicatedHorizon } from "./replication/replicated-horizon.ts";
import type { CheckedOptions } from "./checked-options.ts";
import { checkedOptions } from "./checked-options.ts";

/** Everything that belongs to an open log. */
export interface OpenLog {
  readonly settings: CheckedOptions;
  readonly names: LogNames;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly connections: Connections;
  readonly known: KnownLog;
  readonly changes: ChangeSource;
  /** What followers may see; `undefined`: everything. */
  readonly replicated: ReplicatedHorizon | undefined;
  /** The most commits under way at once. */
  readonly maxWriters: number;
  migrations(): Promise<readonly MigrationStatus[]>;
  migrate(options?: SequenceOptions): Promise<void>;
}

/** Connects, migrates or checks, and starts to listen. If that fails, everything is closed again. */
export async function openLog(options: PostgresEventStorageOptions): Promise<OpenLog> {
  const names = logNames(options);
  const settings = checkedOptions(options);
  const known = new KnownLog(names);
  const connections = new Connections({ ...settings, form: new StatementForm(settings), log: known });
  const changes = new ChangeSource({ ...settings, connections, channel: names.channel });
  try {
    return await openParts(options, { settings, names, connections, known, changes });
  } catch (error) {
    await connections.life.close({ end: () => endLog({ changes, connections }) });
    throw translateError(error);
  }
}

/** Ends what a log has opened, once nothing is in flight any more. */
export async function endLog({ changes, connections }: Pick<OpenLog, "changes" | "connections">): Promise<void> {
  await Promise.all([changes.close(), connections.end()]);
}

type Parts = Pick<OpenLog, "settings" | "names" | "connections" | "known" | "changes">;

async function openParts(options: PostgresEventStorageOptions, parts: Parts): Promise<OpenLog> {
  const { settings, connections, changes } = parts;
  const orderingGuarantee = await connections.use(async (client) => {
    await requireStandbys(client, settings.requiredStandbys);
    const guarantee = await migrate(options, parts.names, client);
    await parts.known.begin(client);
    return guarantee;
  });
  const replicated =
    settings.followedStandbys === 0
      ? undefined
      : new ReplicatedHorizon({ ...parts, orderingGuarantee, standbys: settings.followedStandbys });
  await replicated?.begin(settings.connectTimeoutMs);
  if (settings.listenConfig !== undefined) await changes.listen(settings.listenConfig);
  const runner = runnerFor(options, parts.names, orderingGuarantee);
  return {
    ...parts,
    orderingGuarantee,
    replicated,
    maxWriters: Math.max(1, Math.floor((settings.pool.options.max ?? 10) / 2)),
    migrations: () => onConnection(connections, (client) => runner.list(client)),
    migrate: async (options = {}) => {
      const above = checkedNumberAbove(options);
      return onConnection(connections, async (client) => {
        await runner.apply(client);
        await repairSequence(client, { names: parts.names, requiredStandbys: settings.requiredStandbys, above });
      });
    },
  };
}

async function migrate(
  options: PostgresEventStorageOptions,
  names: LogNames,
  client: PoolClient,
): Promise<OrderingGuarantee> {
  await checkConnection(client);
  const stored = await readGuarantee(client, names);
  checkGuarantee(stored, options.orderingGuarantee);
  const guarantee = stored ?? options.orderingGuarantee ?? "log";
  const runner = runnerFor(options, names, guarantee);
  await (options.migrations === "check" ? runner.check(client) : runner.apply(client));
  // Another process may have created the log in the meantime.
  const created = await readGuarantee(client, names);
  checkGuarantee(created, options.orderingGuarantee);
  return created ?? guarantee;
}

function runnerFor(
  options: PostgresEventStorageOptions,
  names: LogNames,
  orderingGuarantee: OrderingGuarantee,
): MigrationRunner {
  return new MigrationRunner({
    schema: names.schema,
    table: names.migrations,
    migrations: eventMigrations({ ...options, orderingGuarantee }),
  });
}

async function onConnection<T>(connections: Connections, work: (client: PoolClient) => Promise<T>): Promise<T> {
  connections.life.throwIfEnded();
  try {
    return await connections.use(work);
  } catch (error) {
    throw translateError(error);
  }
}
