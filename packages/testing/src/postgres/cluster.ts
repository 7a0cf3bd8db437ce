import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";
import type { ServerAccount } from "./server-account.ts";
import { serverAccount } from "./server-account.ts";

const run = promisify(execFile);

/** The files of a server that exists only for a test run, in a folder of its own. */
export interface Cluster {
  /** The folder with all of it, which is removed at the end. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount;
  readonly password: string;
}

/** The superuser of every cluster made here. */
export const SUPERUSER = "postgres";

/** Makes the files of a new server in the folder for temporary files: UTF-8, collation `C`, access by password only. */
export async function createCluster(binFolder: string | undefined): Promise<Cluster> {
  const [binaries, account] = await Promise.all([findPostgresBinaries(binFolder), serverAccount()]);
  const folder = await mkdtemp(join(tmpdir(), "eventfold-postgres-"));
  const cluster = {
    folder,
    dataFolder: join(folder, "data"),
    binaries,
    account,
    password: randomBytes(12).toString("hex"),
  };
  try {
    await initialise(cluster);
    return cluster;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function initialise({ folder, dataFolder, binaries, account, password }: Cluster): Promise<void> {
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) {
    await Promise.all([folder, passwordFile].map((path) => chown(path, account.uid ?? 0, account.gid ?? 0)));
  }
  const options = ["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", `--username=${SUPERUSER}`];
  await run(binaries.initdb, [...options, `--pwfile=${passwordFile}`, `--pgdata=${dataFolder}`], {
    ...account,
    cwd: folder,
  });
}
