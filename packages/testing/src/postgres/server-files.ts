import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";
import type { ServerAccount } from "./server-account.ts";
import { serverAccount } from "./server-account.ts";
import { ServerTemplate } from "./server-template.ts";

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

/**
 * Makes the files of a new server in the folder for temporary files: UTF-8, collation `C`, access by password only. They are
 * initialised anew, or copied from a template, with its password.
 */
export async function createFiles(binFolder: string | undefined): Promise<ServerFiles> {
  const [binaries, account] = await Promise.all([findPostgresBinaries(binFolder), serverAccount()]);
  const template = await ServerTemplate.of(binaries);
  const kept = await template?.password();
  const files = await filesIn({ binaries, account, password: kept ?? randomBytes(12).toString("hex") });
  const { folder } = files;
  try {
    if (template === undefined || kept === undefined) {
      await initialise(files);
      await template?.keep(files);
    } else {
      await template.copyTo(files.dataFolder);
      await giveToAccount(files);
    }
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

/** Makes the account the owner of all files: they were made by the caller's own. */
export async function giveToAccount({ folder, account: { uid, gid } }: ServerFiles): Promise<void> {
  if (uid !== undefined) await run("chown", ["-R", `${uid}:${gid}`, folder]);
}

async function initialise(files: ServerFiles): Promise<void> {
  const { folder, dataFolder, binaries, account, password } = files;
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveToAccount(files);
  const options = ["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", `--username=${SUPERUSER}`];
  await run(binaries.initdb, [...options, `--pwfile=${passwordFile}`, `--pgdata=${dataFolder}`], {
    ...account,
    cwd: folder,
  });
}
