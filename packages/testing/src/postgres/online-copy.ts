import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { filesIn, giveToAccount, type ServerFiles } from "./server-files.ts";
import type { ServerProcess } from "./server-process.ts";

/** Folders whose files a server makes anew, or fetches from the one that it follows. */
const EMPTY = new Set([
  "pg_wal",
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
]);

/** Files that belong to the running server, or to a state that it was in before. */
const LEFT_OUT = new Set(["postmaster.pid", "postmaster.opts", "backup_label", "standby.signal"]);

/**
 * Copies the files of a running server with PostgreSQL's functions for that, so that a standby starts on them. It needs none
 * of the programs for clients.
 */
export async function copyOnline(server: ServerProcess): Promise<ServerFiles> {
  const files = await filesIn(server.files);
  const client = new Client({ connectionString: server.connectionStringFor("postgres") });
  client.on("error", () => {}); // the copy fails with the statement that meets it.
  try {
    await client.connect();
    const label = await copyDuringBackup(client, server.files.dataFolder, files.dataFolder);
    await writeFile(join(files.dataFolder, "backup_label"), label);
    await writeFile(join(files.dataFolder, "standby.signal"), "");
    await giveToAccount(files);
    return files;
  } catch (error) {
    await rm(files.folder, { recursive: true, force: true });
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Returns what the copy's file `backup_label` has to say: from where in the write-ahead log the copy is to be completed. */
async function copyDuringBackup(client: Client, from: string, to: string): Promise<string> {
  const { rows } = await client.query("select current_setting('server_version_num')::int >= 150000 as is_since_15");
  const isSince15 = rows[0].is_since_15 === true;
  await client.query(
    isSince15 ? "select pg_backup_start('copy', true)" : "select pg_start_backup('copy', true, false)",
  );
  await copyFolder(from, to);
  await mkdir(join(to, "pg_wal", "archive_status"), { mode: 0o700 });
  const stop = isSince15
    ? "select labelfile from pg_backup_stop(false)"
    : "select labelfile from pg_stop_backup(false, false)";
  return (await client.query(stop)).rows[0].labelfile;
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (LEFT_OUT.has(entry.name) || entry.name.startsWith("pgsql_tmp")) continue;
    if (EMPTY.has(entry.name)) await mkdir(target, { mode: 0o700 });
    else if (entry.isDirectory()) await copyFolder(source, target);
    else await copyFile(source, target).catch(unlessGone);
  }
}

/** What the running server removes meanwhile, the copy need not have: the write-ahead log says so. */
function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
