import { resolve } from "node:path";
import type { DatabaseKind } from "./database-kind.ts";

/** A file that SQLite makes where there is none. */
export const SQLITE: DatabaseKind = {
  name: "sqlite",
  usage: "sqlite:FILE",
  complaintAbout: ({ text, place }) => (place === "" ? `${text} names no file` : undefined),
  open: async ({ place }, directory) => {
    const { SqliteEventStorageAdapter } = await import("@eventfold/adapter-sqlite");
    return SqliteEventStorageAdapter.open({ filename: place === ":memory:" ? place : resolve(directory, place) });
  },
};
