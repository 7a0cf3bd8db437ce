import type { StorageFinding } from "@eventfold/store/adapter";
import type { LogNames } from "../naming/log-names.ts";
import type { Running } from "./event-check.ts";

/** How long something has to last before it is told: what is shorter is work under way. */
export interface SessionLimits {
  readonly longerThanMs: number;
}

const SESSION = `a.pid, coalesce(a.usename, '?'), coalesce(nullif(a.application_name, ''), '?'),
  (date_part('epoch', clock_timestamp() - a.xact_start) * 1000)::bigint`;

function sessionText([pid, user, application, ms]: readonly (string | null)[]): string {
  const seconds = ms === null || ms === undefined ? "for an unknown time" : `for ${Math.round(Number(ms) / 1_000)} s`;
  return `process ${pid} of role ${JSON.stringify(user)}, application ${JSON.stringify(application)}, ${seconds}`;
}

/** Transactions of others that hold up writers of the log: by the locks that writers take turns by, or by locks on its tables. */
export async function lockFindings(
  run: Running,
  names: LogNames,
  { longerThanMs }: SessionLimits,
): Promise<readonly StorageFinding[]> {
  const text = `select distinct ${SESSION}, l.locktype
      from pg_locks l join pg_stat_activity a using (pid)
     where l.granted and a.pid <> pg_backend_pid() and a.xact_start < clock_timestamp() - $3 * interval '1 ms'
       and l.database = (select oid from pg_database where datname = current_database())
       and (l.locktype = 'advisory' and l.classid = $1::regclass and l.mode = 'ExclusiveLock' and l.objsubid = 2
            or l.locktype = 'relation' and l.relation in ($1::regclass, $2::regclass) and l.mode in
               ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))`;
  const rows = await run({ text, values: [names.events, names.eventTags, longerThanMs] });
  if (rows.length === 0) return [{ severity: "sound", subject: "locks", seen: "nobody holds the log for long" }];
  return rows.map((row) => ({
    severity: "warning",
    subject: "locks",
    seen: `the log is held by ${sessionText(row)}`,
    why: "Publishes wait for it, and reject with STORAGE_BUSY after writeTimeoutMs.",
    advice: `Let the transaction end. If nobody is waiting for it, run: select pg_terminate_backend(${row[0]}).`,
  }));
}

/** Transactions of this database that nobody goes on with. */
export async function idleFindings(run: Running, { longerThanMs }: SessionLimits): Promise<readonly StorageFinding[]> {
  const text = `select ${SESSION} from pg_stat_activity a
     where a.datname = current_database() and a.state in ('idle in transaction', 'idle in transaction (aborted)')
       and a.state_change < clock_timestamp() - $1 * interval '1 ms'`;
  const rows = await run({ text, values: [longerThanMs] });
  if (rows.length === 0) return [{ severity: "sound", subject: "idle transactions", seen: "none is left open" }];
  return rows.map((row) => ({
    severity: "warning",
    subject: "idle transactions",
    seen: sessionText(row),
    why: "Dead rows of the whole database are kept for as long as it lasts, and what it has locked stays locked.",
    advice: `Find out what the program waits for. To end it, run: select pg_terminate_backend(${row[0]}).`,
  }));
}

const LARGE_BYTES = 2 ** 30;

/** Replication slots that keep the write-ahead log from being removed. */
export async function slotFindings(run: Running): Promise<readonly StorageFinding[]> {
  const text = `select slot_name, active, wal_status, case when pg_is_in_recovery() then null
      else pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint end from pg_replication_slots where restart_lsn is not null`;
  const findings = (await run({ text, values: [] })).flatMap(
    ([name, active, status, bytes]): readonly StorageFinding[] => {
      const isLarge = Number(bytes ?? 0) > LARGE_BYTES;
      if (active === "t" && !isLarge && status !== "lost" && status !== "unreserved") return [];
      return [
        {
          severity: "warning",
          subject: "replication slots",
          seen: `${JSON.stringify(name)} is ${active === "t" ? "active" : "used by nobody"}, its log is ${status}, and it keeps ${bytes ?? "?"} bytes`,
          why: "The server keeps all of the write-ahead log that a slot has not read, until the disk is full and it stops.",
          advice: `Start its reader again, or run: select pg_drop_replication_slot('…'). Set max_slot_wal_keep_size as a limit.`,
        },
      ];
    },
  );
  return findings.length > 0
    ? findings
    : [{ severity: "sound", subject: "replication slots", seen: "none is left behind" }];
}
