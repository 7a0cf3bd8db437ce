// Recording
export { type RecordHistoryOptions, type Recording, recordHistory } from "./record-history.ts";
export type { RecordedCategory, RecordedSource, RecordedStore, RecordedStream } from "./recorded-store.ts";
export { appendToFile } from "./history-file.ts";

// Histories as values
export type {
  History,
  HistoryLine,
  RecordedBoundary,
  RecordedCall,
  RecordedEntry,
  RecordedFailIf,
  RecordedLatest,
  RecordedLookUp,
  RecordedOutcome,
  RecordedPublish,
  RecordedScan,
  RecordedUnmet,
} from "./history-line.ts";
export type { PredicateAnswer, RecordedCondition } from "./recorded-condition.ts";
export { type Operation, operationsOf, printOperation, type Sight } from "./operation.ts";
export { parseHistory, printHistory, printHistoryLine } from "./history-text.ts";

// Checking
export {
  assertHistory,
  type CheckHistoryOptions,
  checkHistory,
  type HistoryVerdict,
} from "./check-history.ts";
export type { HistoryViolation, HistoryViolationKind } from "./check/history-violation.ts";
export { ForbiddenHistoryError } from "./forbidden-history-error.ts";
