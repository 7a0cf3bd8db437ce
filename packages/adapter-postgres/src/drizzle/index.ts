export { drizzleOf } from "./drizzle-of.ts";
export { functionInSql, type ParametersInSql } from "./function-in-sql.ts";
export { type KeyTables, keyTables } from "./key-tables.ts";
export { type LogTables, logTables } from "./log-tables.ts";
export { type ProcessingTables, processingTables } from "./processing-tables.ts";
export { type ProjectionTables, projectionTables } from "./projection-tables.ts";
