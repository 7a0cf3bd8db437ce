import { resolve } from "node:path";
import type { DatabaseKind } from "./database-kind.ts";

/** A file that SQLite makes where there is none. */
export const SQLITE: DatabaseKind = {
  names: ["sqlite"],
  usages: ["sqlite:FILE"],
  complaintAbout: ({ text, place }) => (place === "" ? `${text} names no file` : undefined),
  open: async ({ text, place }, { directory, writeTimeoutMs }) => {
    const { SqliteEventStorageAdapter } = await import("@eventfold/adapter-sqlite");
    const { SqliteKeyStorageAdapter } = await import("@eventfold/adapter-sqlite/keys");
    const { SqliteProcessingStorageAdapter } = await import("@eventfold/adapter-sqlite/processing");
    const { SqliteProjectionStorageAdapter } = await import("@eventfold/adapter-sqlite/projections");
    const filename = place === ":memory:" ? place : resolve(directory, place);
    const adapter = await SqliteEventStorageAdapter.open({ filename, writeTimeoutMs });
    const openProjections = () => SqliteProjectionStorageAdapter.open({ shareWith: adapter });
    const openProcessing = () => SqliteProcessingStorageAdapter.open({ shareWith: adapter });
    const keysFile = filename === ":memory:" ? filename : `${filename}.keys`;
    const openKeys = () => SqliteKeyStorageAdapter.open({ filename: keysFile });
    return { adapter, openProjections, openProcessing, openKeys, description: text, close: () => adapter.close() };
  },
};
