import { setTimeout as sleep } from "node:timers/promises";
import type { OrderingGuarantee } from "@eventfold/store/adapter";
import {
  logIdentifier,
  StorageAccessDeniedError,
  StorageReadOnlyError,
  StorageUnavailableError,
} from "@eventfold/types";
import type { Connections } from "../connection/connections.ts";
import type { TextRow } from "../connection/statement.ts";
import type { KnownLog } from "../identity/known-log.ts";
import type { LogNames } from "../naming/log-names.ts";
import { isWiderThan } from "../reading/read-barrier.ts";

/** What {@link ReplicatedHorizon} is made from. */
export interface ReplicatedHorizonOptions {
  readonly connections: Connections;
  readonly known: KnownLog;
  readonly names: LogNames;
  readonly orderingGuarantee: OrderingGuarantee;
  /** How many standbys must have an event on their disks; 1 or more. */
  readonly standbys: number;
}

/** A horizon of the log, and a place in the write-ahead log behind all commits that were visible then. */
interface Mark {
  readonly upTo: number;
  readonly wal: number;
}

/** When so many are not confirmed, because standbys are far behind or cut off, no newer ones are noted. */
const MOST_MARKS = 100;
const LOOK_EVERY_MS = 10;

/**
 * Up to which number enough standbys have everything on their disks. PostgreSQL does not tell where in the write-ahead log a commit is, so
 * the end of that is noted together with the horizon: once a standby has flushed so far, it has all that was visible up to the horizon.
 */
export class ReplicatedHorizon {
  readonly #options: ReplicatedHorizonOptions;
  readonly #text: string;
  /** In ascending order. */
  #marks: Mark[] = [];
  /** That of the marks. Each promotion begins a new one. */
  #timeline = 0;
  /** The connections that the marks were read on, see {@link KnownLog.checks}. */
  #checks = 0;
  /** Before anything is confirmed, -1. */
  #upTo = -1;

  constructor(options: ReplicatedHorizonOptions) {
    this.#options = options;
    this.#text = statementText(options);
  }

  /**
   * Waits until enough standbys have what the log has now.
   *
   * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) when the role may not know how far they have come;
   * `StorageReadOnlyError` (`STORAGE_READ_ONLY`) on a standby; `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when it takes longer.
   */
  async begin(timeoutMs: number): Promise<void> {
    await this.#requireAnswers();
    const deadlineMs = performance.now() + timeoutMs;
    let first: number | undefined;
    for (;;) {
      const upTo = await this.#look();
      first ??= upTo;
      if (first !== undefined && this.#upTo >= first) return;
      if (performance.now() > deadlineMs) throw tooFewStandbys(this.#options.standbys, timeoutMs);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** The number. It asks the primary, and rejects with what the driver throws. */
  async upTo(): Promise<number> {
    await this.#look();
    return Math.max(0, this.#upTo);
  }

  /** Notes a mark, and what is confirmed of those before. Returns the horizon of the log, unless it is of no use. */
  async #look(): Promise<number | undefined> {
    const { connections, known, standbys } = this.#options;
    const { checks } = known;
    const [row] = await connections.read({ text: this.#text, values: [standbys - 1] });
    // On a connection that was opened meanwhile, or beside one, it may be of another server than the marks before.
    return row === undefined || checks !== known.checks ? undefined : this.#take(row, checks);
  }

  #take([timelineText, horizonText, end, flushed]: TextRow, checks: number): number | undefined {
    const timeline = Number.parseInt(timelineText ?? "", 16);
    const upTo = Number(horizonText);
    if (timeline < this.#timeline) return undefined; // a former primary
    if (timeline > this.#timeline) this.#upTo = Math.min(this.#upTo, upTo);
    // A server that has crashed may have written the end of its write-ahead log anew.
    if (timeline > this.#timeline || checks !== this.#checks) this.#marks = [];
    this.#timeline = timeline;
    this.#checks = checks;
    const last = this.#marks.at(-1);
    if (upTo > (last?.upTo ?? this.#upTo) && this.#marks.length < MOST_MARKS) {
      this.#marks.push({ upTo, wal: Math.max(Number(end), last?.wal ?? 0) });
    }
    const confirmed = this.#marks.filter(({ wal }) => wal <= Number(flushed ?? -1));
    this.#marks = this.#marks.slice(confirmed.length);
    this.#upTo = confirmed.at(-1)?.upTo ?? this.#upTo;
    return upTo;
  }

  async #requireAnswers(): Promise<void> {
    const text = "select pg_is_in_recovery(), pg_has_role('pg_read_all_stats', 'usage')";
    const [row = []] = await this.#options.connections.read({ text, values: [] });
    const [isStandby, mayKnow] = row;
    if (isStandby === "t") {
      throw new StorageReadOnlyError(
        "`followersWaitForStandbys` needs the primary, which knows what its standbys have; this server is a standby. Open the adapter on the primary.",
      );
    }
    if (mayKnow === "t") return;
    throw new StorageAccessDeniedError(
      "`followersWaitForStandbys` needs the right to see how far standbys have come, which this role does not have. As a superuser: grant pg_monitor to the role.",
    );
  }
}

function tooFewStandbys(standbys: number, timeoutMs: number): StorageUnavailableError {
  return new StorageUnavailableError(
    `Fewer than the ${standbys} standbys of \`followersWaitForStandbys\` have confirmed within ${timeoutMs} ms what the log has. Where synchronous_standby_names names any, only those count. Look at pg_stat_replication.`,
  );
}

/**
 * The order counts: the end of the write-ahead log is read after the horizon. The end of what is inserted, not of what is flushed: with
 * `synchronous_commit = off` events are visible before they are flushed.
 */
function statementText({ names, orderingGuarantee }: ReplicatedHorizonOptions): string {
  const newest = `coalesce((select e.sequence_number from ${names.events} e order by e.sequence_number desc limit 1), 0)`;
  const horizon = isWiderThan(logIdentifier(), orderingGuarantee) ? `${names.settled}()` : newest;
  return `with log as materialized (select ${horizon} as up_to)
select substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), log.up_to, (pg_current_wal_insert_lsn() - '0/0')::text,
       (select (r.flush_lsn - '0/0')::text from pg_stat_replication r
         where r.flush_lsn is not null
           and (r.sync_state in ('sync', 'quorum')
                or current_setting('synchronous_standby_names') = ''
                   and not exists (select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical'))
         order by r.flush_lsn desc offset $1 limit 1)
  from log`;
}
