import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "./free-port.ts";
import { queryRows } from "./query-rows.ts";

/** The pgbouncer that is installed, if one is. */
export const pgBouncerPath = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
  .map((folder) => join(folder, "pgbouncer"))
  .find(existsSync);

/** A pgbouncer in transaction mode in front of a server. */
export async function startPgBouncer(path: string, connectionString: string) {
  const folder = await mkdtemp(join(tmpdir(), "eventfold-pgbouncer-"));
  await chmod(folder, 0o755);
  const target = new URL(connectionString);
  const port = await freePort();
  const config = join(folder, "pgbouncer.ini");
  const database = `host=${target.hostname} port=${target.port} user=${target.username} password=${target.password}`;
  await writeFile(
    config,
    `[databases]\n* = ${database}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 200\n`,
  );
  const child = spawn(path, [config], {
    stdio: "ignore",
    ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
  });
  const through = new URL(connectionString);
  through.port = String(port);
  for (let tries = 0; ; tries += 1) {
    const isUp = await queryRows(through.href, "select 1").then(
      () => true,
      (error: unknown) => {
        if (tries === 100) throw error;
        return false;
      },
    );
    if (isUp) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    connectionString: through.href,
    stop: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true });
    },
  };
}
