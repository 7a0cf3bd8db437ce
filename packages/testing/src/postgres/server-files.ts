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
export interface ServerFiles {
  /** The folder with all of it, which is removed at the end. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount;
  readonly password: string;
}

/** The superuser of every server made here. */
export const SUPERUSER = "postgres";

/** Makes the files of a new server in the folder for temporary files: UTF-8, collation `C`, access by password only. */
export async function createFiles(binFolder: string | undefined): Promise<ServerFiles> {
  const [binaries, account] = await Promise.all([findPostgresBinaries(binFolder), serverAccount()]);
  const files = await filesIn({ binaries, account, password: randomBytes(12).toString("hex") });
  const { folder } = files;
  try {
    await initialise(files);
    return files;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A new folder for the files of a server, still without them, which belongs to the account. */
export async function filesIn(made: Pick<ServerFiles, "binaries" | "account" | "password">): Promise<ServerFiles> {
  const { binaries, account, password } = made;
  const folder = await mkdtemp(join(tmpdir(), "eventfold-postgres-"));
  return { folder, dataFolder: join(folder, "data"), binaries, account, password };
}

async function initialise({ folder, dataFolder, binaries, account, password }: ServerFiles): Promise<void> {
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
