// JSON

// Publishing and reading
export { sourceConstraints, streamConstraints } from "./constraints.ts";
// Events
export { eventIds, eventTimes, newEvents, newEventsOf, storedEvents, storedStreams } from "./events.ts";
export { jsonValues, memberNames, scalars, texts } from "./json-values.ts";
// Names and identifiers
export { categoryNames, eventNames, streamNames } from "./names.ts";
export { projectionStates } from "./projection-states.ts";
// Projections and queries
export { storableProjections } from "./projections.ts";
export { documentSets } from "./query-documents.ts";
export { patterns, tamePatterns } from "./regex-patterns.ts";
export { clauses, searchQueries, unpagedQueries } from "./search-queries.ts";
export { categoryIdentifiers, sourceIdentifiers, streamIdentifiers } from "./source-identifiers.ts";
export { writeConditions } from "./write-conditions.ts";
