export { drizzleOf } from "./drizzle/drizzle-of.ts";
export { projectionsTable, projectionVersionsTable } from "./drizzle/projection-tables.ts";
export { eventsTable, logTable, migrationsTable } from "./drizzle/tables.ts";
