import type { FindingSeverity, StorageFinding } from "@eventfold/store/adapter";

/** The settings of the server as the adapter's sessions see them, by name: `on`, `off` or a number in the setting's unit. */
export type ServerSettings = ReadonlyMap<string, string>;

/** A setting, when it is adverse, and what that means. */
interface SettingCheck {
  readonly name: string;
  readonly isAdverse: (value: string, settings: ServerSettings) => boolean;
  readonly severity: FindingSeverity;
  readonly why: string;
  readonly advice: string;
}

const isOff = (value: string) => value === "off";
const isSet = (value: string) => Number(value) > 0;
const SHORT_STATEMENT_MS = 60_000;

const SETTING_CHECKS: readonly SettingCheck[] = [
  {
    name: "fsync",
    isAdverse: isOff,
    severity: "danger",
    why: "A crash of the machine may damage the whole cluster beyond repair.",
    advice: "Set fsync = on in postgresql.conf and reload.",
  },
  {
    name: "full_page_writes",
    isAdverse: isOff,
    severity: "danger",
    why: "A crash of the machine may leave pages half written, which nothing can repair.",
    advice: "Set full_page_writes = on in postgresql.conf and reload.",
  },
  {
    name: "synchronous_commit",
    isAdverse: isOff,
    severity: "danger",
    why: "Events are acknowledged and read before they are durable, and a crash takes them back.",
    advice: "Set it to on: alter role … set synchronous_commit = on, or in postgresql.conf.",
  },
  {
    name: "synchronous_commit",
    isAdverse: (value, settings) => value === "local" && settings.get("synchronous_standby_names") !== "",
    severity: "danger",
    why: "Synchronous standbys are configured, but commits do not wait for them, so a failover loses acknowledged events.",
    advice: "Set synchronous_commit = on for the role of the application.",
  },
  {
    name: "data_checksums",
    isAdverse: isOff,
    severity: "notice",
    why: "The server does not notice when the disk gives back something else than was written.",
    advice: "Stop the server and run pg_checksums --enable.",
  },
  {
    name: "autovacuum",
    isAdverse: isOff,
    severity: "warning",
    why: "Tables are neither frozen nor analysed: in the end the server refuses all writes, and before that it chooses bad plans.",
    advice: "Set autovacuum = on in postgresql.conf and reload.",
  },
  {
    name: "track_counts",
    isAdverse: isOff,
    severity: "warning",
    why: "Autovacuum does not find out which tables need it.",
    advice: "Set track_counts = on in postgresql.conf and reload.",
  },
  {
    name: "default_transaction_isolation",
    isAdverse: (value) => value !== "read committed",
    severity: "warning",
    why: "Publishes can be judged at read committed only, so each takes three round trips instead of one.",
    advice: "Set it to read committed for the role of the application.",
  },
  {
    name: "statement_timeout",
    isAdverse: (value) => isSet(value) && Number(value) < SHORT_STATEMENT_MS,
    severity: "warning",
    why: "It cancels publishes that wait for their turn, and long reads; they reject with STORAGE_BUSY.",
    advice: "Raise it to a minute or more for this role, or to more than writeTimeoutMs.",
  },
  {
    name: "transaction_timeout",
    isAdverse: isSet,
    severity: "notice",
    why: "It ends the connection of a publish that waits for long, which is then repeated, and loses longer transactions.",
    advice: "Keep it above writeTimeoutMs and the longest transaction of the application.",
  },
  {
    name: "idle_session_timeout",
    isAdverse: isSet,
    severity: "warning",
    why: "It ends the idle connections of pools, and the one that listens for new events, again and again.",
    advice: "Set it to 0 for the role of the application.",
  },
  {
    name: "idle_in_transaction_session_timeout",
    isAdverse: (value) => value === "0",
    severity: "notice",
    why: "A transaction that somebody forgot after publishing holds up all other publishes, for as long as its connection lasts.",
    advice: "Set it for all roles, for instance to one minute. Transactions of the adapter set their own.",
  },
];

/** The names of all settings that are looked at. */
export const CHECKED_SETTINGS: readonly string[] = [
  ...new Set([...SETTING_CHECKS.map(({ name }) => name), "synchronous_standby_names"]),
];

/** One finding for each setting that is looked at and that the server has. */
export function settingFindings(settings: ServerSettings): readonly StorageFinding[] {
  return [...new Set(SETTING_CHECKS.map(({ name }) => name))].flatMap((subject): readonly StorageFinding[] => {
    const seen = settings.get(subject);
    if (seen === undefined) return []; // of a newer release
    const adverse = SETTING_CHECKS.find(({ name, isAdverse }) => name === subject && isAdverse(seen, settings));
    if (adverse === undefined) return [{ severity: "sound", subject, seen }];
    const { severity, why, advice } = adverse;
    return [{ severity, subject, seen, why, advice }];
  });
}
