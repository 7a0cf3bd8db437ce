import type { MigrationStatus, OrderingGuarantee, StorageSize, StorageStatus } from "@eventfold/store/adapter";
import type { LogNames } from "../naming/log-names.ts";
import type { Running } from "./event-check.ts";
import { lastNumberGiven } from "./sequence.ts";
import { newestNumber } from "./structure.ts";

/** What {@link readStatus} works with. */
export interface StatusOptions {
  readonly run: Running;
  readonly names: LogNames;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly migrations: () => Promise<readonly MigrationStatus[]>;
}

/** What the log is, how far it has come, and how much space everything in its schema takes. */
export async function readStatus({ run, names, orderingGuarantee, migrations }: StatusOptions): Promise<StorageStatus> {
  const [server] = await run({
    text: "select current_setting('server_version'), reltuples::bigint from pg_class where oid = to_regclass($1)",
    values: [names.events],
  });
  const estimate = Number(server?.[1] ?? -1);
  const newest = await newestNumber(run, names); // before the sequence, which only goes up
  return {
    engine: `PostgreSQL ${server?.[0]}`,
    orderingGuarantee,
    migrations: await migrations(),
    newestNumber: newest,
    lastNumber: await lastNumberGiven(run, names, orderingGuarantee),
    events: estimate < 0 ? undefined : { count: estimate, isEstimate: true },
    sizes: await readSizes(run, names),
  };
}

/** Each table with what is stored outside of its rows, and each index, of the whole schema. */
async function readSizes(run: Running, { schema }: LogNames): Promise<readonly StorageSize[]> {
  const text = `select n.nspname || '.' || c.relname, c.relkind, case c.relkind when 'i' then pg_relation_size(c.oid) else pg_table_size(c.oid) end
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'm', 'i') order by 3 desc, 1`;
  const rows = await run({ text, values: [schema] });
  return rows.map(([name, kind, bytes]) => ({
    name: String(name),
    kind: kind === "i" ? "index" : "table",
    bytes: Number(bytes),
  }));
}
