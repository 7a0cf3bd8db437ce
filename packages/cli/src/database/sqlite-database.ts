import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../program/failure.ts";
import { makeFile } from "./new-file.ts";
import type { DatabaseAdapters, OpeningOptions } from "./opened-database.ts";

/** Opens a file. Where it is only looked into, it must be there: nothing is made. */
export async function openSqlite(
  filename: string,
  { directory, migrations = "check" }: OpeningOptions & { readonly directory: string },
): Promise<DatabaseAdapters> {
  const path = resolve(directory, filename);
  if (migrations === "check" && !existsSync(path)) {
    throw new Failure(`There is no file ${JSON.stringify(path)}. Check the address.`);
  }
  const { SqliteEventStorageAdapter } = await import("@eventfold/adapter-sqlite");
  const made = migrations === "apply" ? makeFile(path) : undefined;
  const events = await SqliteEventStorageAdapter.open({ filename: path, migrations }).catch((error: unknown) => {
    made?.remove();
    throw error;
  });
  return {
    description: `sqlite:${filename}`,
    events,
    removeNew: made?.remove,
    async openProjections() {
      const { SqliteProjectionStorageAdapter } = await import("@eventfold/adapter-sqlite/projections");
      return SqliteProjectionStorageAdapter.open({ shareWith: events });
    },
    async openProcessing() {
      const { SqliteProcessingStorageAdapter } = await import("@eventfold/adapter-sqlite/processing");
      return SqliteProcessingStorageAdapter.open({ shareWith: events });
    },
  };
}
