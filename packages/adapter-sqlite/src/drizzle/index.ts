export { drizzleOf } from "./drizzle-of.ts";
export { projectionCompletenessTable, projectionsTable, projectionVersionsTable } from "./projection-tables.ts";
export { eventsTable, logTable, migrationsTable } from "./tables.ts";
