import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where the programs of a cluster are that fails over by itself. */
export interface PatroniPrograms {
  readonly etcd: string;
  readonly patroni: string;
  readonly patronictl: string;
  /** The folder with PostgreSQL's programs, also those for clients, which Patroni needs. */
  readonly postgresFolder: string;
  /** The account that all of them run under, since PostgreSQL refuses to run as root; empty for the caller's own. */
  readonly account: { readonly uid?: number; readonly gid?: number };
}

/** The programs of Debian's packages, or why there is no such cluster here. */
export function findPatroniPrograms(): PatroniPrograms | string {
  if (process.platform !== "linux") return "it needs the folder /proc of Linux";
  const [etcd, patroni, patronictl] = ["/usr/bin/etcd", "/usr/bin/patroni", "/usr/bin/patronictl"] as const;
  const postgresFolder = newestPostgres();
  if (![etcd, patroni, patronictl].every(existsSync) || postgresFolder === undefined) {
    return "there are no programs for it (on Debian: apt-get install patroni etcd-server postgresql)";
  }
  return { etcd, patroni, patronictl, postgresFolder, account: accountOfServers() };
}

function newestPostgres(): string | undefined {
  const folder = "/usr/lib/postgresql";
  const versions = existsSync(folder) ? readdirSync(folder).map(Number) : [];
  return versions
    .sort((a, b) => b - a)
    .map((version) => join(folder, String(version), "bin"))
    .find((bin) => existsSync(join(bin, "pg_basebackup")));
}

function accountOfServers(): PatroniPrograms["account"] {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}
