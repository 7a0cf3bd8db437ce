export { drizzleOf } from "./drizzle-of.ts";
export { keySubjectsTable, keysTable } from "./key-tables.ts";
export {
  processingCountersTable,
  processingLocksTable,
  processingParkedTable,
  processingPartitionsTable,
  processingSessionsTable,
  processingSubscriptionsTable,
} from "./processing-tables.ts";
export { projectionCompletenessTable, projectionsTable, projectionVersionsTable } from "./projection-tables.ts";
export { eventsTable, eventTagsTable, logTable, migrationsTable } from "./tables.ts";
