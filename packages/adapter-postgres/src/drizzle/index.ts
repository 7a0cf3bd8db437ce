export { drizzleOf } from "./drizzle-of.ts";
export { type LogTables, logTables } from "./log-tables.ts";
