export { drizzleOf } from "./drizzle/drizzle-of.ts";
export { projectionCompletenessTable, projectionsTable, projectionVersionsTable } from "./drizzle/projection-tables.ts";
export { eventsTable, logTable, migrationsTable } from "./drizzle/tables.ts";
