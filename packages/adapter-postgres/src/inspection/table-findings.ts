import type { StorageFinding } from "@eventfold/store/adapter";
import { runtimePrivileges } from "../migrations/runtime-grants.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { Running } from "./event-check.ts";

/** Tables of the schema, those of projections and processing too, that are not vacuumed. */
export async function vacuumFindings(run: Running, { schema }: LogNames): Promise<readonly StorageFinding[]> {
  const text = `select c.relname, 'autovacuum_enabled=false' = any(c.reloptions) or 'autovacuum_enabled=off' = any(c.reloptions),
      age(c.relfrozenxid)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind = 'r'
       and ('autovacuum_enabled=false' = any(c.reloptions) or 'autovacuum_enabled=off' = any(c.reloptions)
            or age(c.relfrozenxid) > current_setting('autovacuum_freeze_max_age')::bigint * 1.5)
     order by 1`;
  const rows = await run({ text, values: [schema] });
  if (rows.length === 0) return [{ severity: "sound", subject: "vacuum", seen: "every table is vacuumed" }];
  return rows.map(([table, isOff, age]) => ({
    severity: "warning",
    subject: "vacuum",
    seen:
      isOff === "t"
        ? `autovacuum is off for ${JSON.stringify(table)}`
        : `${JSON.stringify(table)} was not frozen for ${age} transactions`,
    why: "Dead rows pile up, and if rows are never frozen, the server refuses all writes in the end.",
    advice:
      isOff === "t"
        ? "Reset the setting of the table: alter table … reset (autovacuum_enabled)."
        : "Look for old transactions and replication slots that hold vacuum back, then run: vacuum (freeze).",
  }));
}

/** What the role lacks of the rights that an application needs. */
export async function rightFindings(run: Running, names: LogNames): Promise<readonly StorageFinding[]> {
  const { tables, routines } = runtimePrivileges(names);
  const [found] = await run({
    text: `select current_user, has_schema_privilege($1, 'usage'),
      (select json_agg(t) from unnest($2::text[]) t where not has_table_privilege(t, 'select')),
      (select json_agg(r) from unnest($3::text[]) r
        where exists (select from pg_proc p where p.oid = to_regproc(r) and not has_function_privilege(p.oid, 'execute')))`,
    values: [names.schema, tables, routines],
  });
  const [role, hasUsage, lackingTables, lackingRoutines] = found ?? [];
  const lacking = [
    ...(hasUsage === "t" ? [] : [`usage on schema ${names.quotedSchema}`]),
    ...textsIn(lackingTables).map((table) => `select on ${table}`),
    ...textsIn(lackingRoutines).map((routine) => `execute on function ${routine}`),
  ];
  if (lacking.length === 0)
    return [{ severity: "sound", subject: "rights", seen: `role ${JSON.stringify(role)} has what it needs` }];
  return [
    {
      severity: "warning",
      subject: "rights",
      seen: `role ${JSON.stringify(role)} lacks ${lacking.join(", ")}`,
      why: "Reads or publishes reject with STORAGE_ACCESS_DENIED.",
      advice: "Have the owner of the log run the statements of runtimeGrants again, as after every migration.",
    },
  ];
}

function textsIn(json: string | null | undefined): readonly string[] {
  return json === null || json === undefined ? [] : (JSON.parse(json) as readonly string[]);
}

/** Whether the server is a standby. */
export async function standbyFinding(run: Running): Promise<StorageFinding> {
  const [row] = await run({ text: "select pg_is_in_recovery()", values: [] });
  if (row?.[0] !== "t") return { severity: "sound", subject: "standby", seen: "the server accepts writes" };
  return {
    severity: "notice",
    subject: "standby",
    seen: "the server is a standby",
    why: "Publishes are refused, and what was just published on the primary may not be here yet.",
    advice: "Connect to the primary to publish.",
  };
}
