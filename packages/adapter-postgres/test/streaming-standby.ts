import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { PostgresTestServer } from "@eventfold/testing/postgres";
import { freePort } from "./free-port.ts";
import { queryRows } from "./query-rows.ts";

/** A second server on a copy of a first one's files, which replays what the first one sends. The first one removes the files. */
export class StreamingStandby {
  /** How to connect to the copy of the first one's database. */
  readonly connectionString: string;
  readonly #primary: string;
  readonly #child: ChildProcess;

  private constructor(primary: string, connectionString: string, child: ChildProcess) {
    this.#primary = primary;
    this.connectionString = connectionString;
    this.#child = child;
  }

  /** Copies the files of a server that was started for the test, while it is down, and starts both. */
  static async of({ connectionString: primary, process: first }: PostgresTestServer): Promise<StreamingStandby> {
    if (first === undefined) throw new TypeError("A server that was running already is not copied.");
    const [dataFolder] = (await queryRows(primary, "show data_directory")) as [string];
    const [programs] = (await queryRows(primary, "select setting from pg_config() where name = 'BINDIR'")) as [string];
    await first.kill("SIGINT");
    const copy = await copyOf(dataFolder);
    await first.start();
    const { hostname, port, username, password } = new URL(primary);
    const own = new URL(primary);
    own.port = String(await freePort());
    const settings = {
      port: own.port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password}`,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const account = await accountOf(dataFolder);
    const child = spawn(join(programs, "postgres"), ["-D", copy, ...args], { ...account, cwd: copy, stdio: "ignore" });
    const standby = new StreamingStandby(primary, own.href, child);
    await standby.catchUp();
    return standby;
  }

  /** Waits until it has replayed all that the first server has written by now. */
  async catchUp(): Promise<void> {
    const [written] = await queryRows(this.#primary, "select pg_current_wal_lsn()::text");
    const hasReplayed = "select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= $1::pg_lsn";
    for (let tries = 1; ; tries += 1) {
      const [isThere] = await queryRows(this.connectionString, hasReplayed, [written]).catch((error: unknown) => {
        if (tries > 1_000) throw error;
        return [false];
      });
      if (isThere === true) return;
      if (tries > 1_000) throw new Error("The standby does not catch up.");
      await wait(20);
    }
  }

  /** Makes it a server of its own. */
  async promote(): Promise<void> {
    await queryRows(this.connectionString, "select pg_promote()");
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGINT");
    await gone;
  }
}

async function copyOf(dataFolder: string): Promise<string> {
  const copy = `${dataFolder}-standby`;
  await cp(dataFolder, copy, { recursive: true });
  await writeFile(join(copy, "standby.signal"), "");
  const { uid, gid } = await stat(dataFolder);
  await promisify(execFile)("chown", ["-R", `${uid}:${gid}`, copy]);
  return copy;
}

/** PostgreSQL refuses to run as root; for root it runs under the account that owns the files. */
async function accountOf(dataFolder: string): Promise<{ readonly uid?: number; readonly gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const { uid, gid } = await stat(dataFolder);
  return { uid, gid };
}
