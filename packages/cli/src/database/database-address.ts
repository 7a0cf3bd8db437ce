import { isConnectionString } from "@eventfold/adapter-postgres/connection-string";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/** How addresses are written, for the help and for messages. */
export const ADDRESS_USAGE = "sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE";

/** Where events are stored, as a command line names it. */
export type DatabaseAddress =
  | {
      readonly kind: "sqlite";
      /** As it was given: relative paths are relative to the directory of the caller. */
      readonly filename: string;
    }
  | { readonly kind: "postgres"; readonly connectionString: string };

/** Whether a word looks like an address, and not like the name of a file. */
export function isAddress(text: string): boolean {
  return /^(sqlite:|postgres(ql)?:\/\/)/i.test(text);
}

/**
 * Reads `sqlite:FILE` or `postgres://…`.
 *
 * @throws `Failure` for anything else.
 *
 * @example
 * ```ts
 * parseDatabaseAddress("sqlite:app.db"); // { kind: "sqlite", filename: "app.db" }
 * ```
 */
export function parseDatabaseAddress(text: string): DatabaseAddress {
  const kind = /^([a-z]+):/i.exec(text)?.[1]?.toLowerCase();
  if (kind === "sqlite") return { kind: "sqlite", filename: checkedFilename(text.slice("sqlite:".length)) };
  if (kind !== "postgres" && kind !== "postgresql") {
    throw refused(`${JSON.stringify(text)} is not the address of a database.`);
  }
  // The text may hold a password, so no message quotes it.
  if (!isConnectionString(text)) throw refused("That is no PostgreSQL connection string.");
  return { kind: "postgres", connectionString: text };
}

function checkedFilename(filename: string): string {
  if (filename === "") throw refused("sqlite: names no file.");
  if (filename === ":memory:") throw refused("A database in memory is gone before anyone can look into it.");
  return filename;
}

function refused(problem: string): Failure {
  return new Failure(`${problem} Give ${ADDRESS_USAGE}, or --config FILE.`, { exitCode: EXIT_CODES.usage });
}
