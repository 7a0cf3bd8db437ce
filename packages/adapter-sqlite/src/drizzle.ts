export { drizzleOf } from "./drizzle/drizzle-of.ts";
export { eventsTable, logTable, migrationsTable } from "./drizzle/tables.ts";
