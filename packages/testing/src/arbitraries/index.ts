// JSON and names
export { jsonValues, memberNames, scalars, texts } from "./json-values.ts";
export { categoryNames, eventNames, streamNames, tags } from "./names.ts";

// Events, sources, and what is asked of them
export { eventIds, eventTags, eventTimes, newEvents, newEventsOf, storedEvents, storedStreams } from "./events.ts";
export { categoryIdentifiers, sourceIdentifiers, streamIdentifiers } from "./source-identifiers.ts";
export { eventQueries, sourceConstraints, streamConstraints } from "./constraints.ts";
export { writeConditions } from "./write-conditions.ts";

// Projections and queries
export { storableProjections } from "./projections.ts";
export { projectionStates } from "./projection-states.ts";
export { documentSets } from "./query-documents.ts";
export { clauses, searchQueries, unpagedQueries } from "./search-queries.ts";
export { patterns, tamePatterns } from "./regex-patterns.ts";
