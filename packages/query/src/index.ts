// Documents and paths
export type { About, CheckedDocument, QueryDocument, TopLevelField } from "./document.ts";
export { TOP_LEVEL_FIELDS } from "./document.ts";
export type { Path, PathSegment } from "./paths/path.ts";
export type { KnownSegments, PathFactory } from "./paths/path-factory.ts";
export { path } from "./paths/path-factory.ts";
export type { CheckedPath, CheckedTextPath, SuggestedPath, ValueAt } from "./paths/path-types.ts";
export { printPath } from "./paths/print-path.ts";
export { resolvePath } from "./paths/resolve-path.ts";

// Clauses: what a query is written in
export type { LookupQuery, SearchQuery } from "./clauses/query.ts";
export type {
  AndClause,
  Clause,
  Field,
  FilterClause,
  NotClause,
  OrClause,
  WrittenClause,
} from "./clauses/clause.ts";
export type {
  ArgumentsNeed,
  ComparisonNeed,
  IsOpen,
  Kept,
  NeedOf,
  Needs,
  PathNeed,
  TextNeed,
} from "./clauses/kept.ts";
export type { FieldValue } from "./clauses/field-value.ts";
export { filter } from "./clauses/filter.ts";
export type { OperandOf, Operands, Operator, OrderingOperator } from "./clauses/operator.ts";
export { OPERATORS } from "./clauses/operator.ts";
export { and, not, or } from "./clauses/combinators.ts";
export type { NullsPlacement, Sort, SortDirection, WrittenSort } from "./clauses/sort.ts";
export type { SortOptions } from "./clauses/sort-by.ts";
export { sortBy } from "./clauses/sort-by.ts";

// Pages
export type { Cursor, KeysetPaging, OffsetPaging, Paging } from "./clauses/paging.ts";
export type { KeysetPageOptions } from "./clauses/keyset-page.ts";
export { keysetPage } from "./clauses/keyset-page.ts";
export type { OffsetPageOptions } from "./clauses/offset-page.ts";
export { offsetPage } from "./clauses/offset-page.ts";
export type { Page } from "./plan/page.ts";
export { pageOf } from "./plan/page.ts";

// Functions in clauses
export type { FunctionArgument, FunctionCall, WrittenCall } from "./functions/function-call.ts";
export type { WrittenArgument } from "./functions/call.ts";
export type { CheckedArguments } from "./functions/checked-arguments.ts";
export { call } from "./functions/call.ts";
export type {
  AnyQueryFunction,
  ParameterKind,
  ParameterValues,
  QueryFunction,
  ResultKind,
  Scalar,
  ScalarOfKind,
} from "./functions/query-function.ts";
export { defineFunction } from "./functions/query-function.ts";
export type { QueryFunctions } from "./functions/function-registry.ts";
export { BUILT_IN_FUNCTIONS, queryFunctions } from "./functions/function-registry.ts";
export { functionResult } from "./functions/function-result.ts";
export { folded } from "./functions/folded.ts";
export { foldCase } from "./functions/folded-function.ts";
export { similarity } from "./functions/similarity.ts";
export { similarityOf } from "./functions/similarity-function.ts";
export { trigramsOf } from "./functions/trigrams.ts";

// Queries from outside, and the limits of all queries
export type { ParseQueryOptions } from "./parse/parse-query.ts";
export { parseQuery } from "./parse/parse-query.ts";
export {
  DEFAULT_PAGE_SIZE,
  MAX_ARRAY_INDEX,
  MAX_CLAUSE_DEPTH,
  MAX_CLAUSES,
  MAX_FUNCTION_ARGUMENTS,
  MAX_PAGE_SIZE,
  MAX_PATH_SEGMENTS,
  MAX_REGEX_COST,
  MAX_REGEX_DEPTH,
  MAX_REGEX_LENGTH,
  MAX_REGEX_REPEAT,
  MAX_REGEX_SIZE,
  MAX_SORTS,
  MAX_VALUE_DEPTH,
} from "./limits.ts";

// Evaluating in memory: the reference of every adapter
export { countDocuments, lookupDocument, oneOrNone, plannedRows, searchDocuments } from "./evaluate/evaluate-query.ts";
export type { DocumentTest } from "./evaluate/document-test.ts";
export { documentTest } from "./evaluate/document-test.ts";
export { compareText } from "./evaluate/compare-text.ts";
export { isEqualJson } from "./evaluate/json-equality.ts";

// Plans: what is translated for a database
export type { FilterPlan, PlanOptions, SearchPlan } from "./plan/plan-query.ts";
export { planCount, planLookup, planSearch } from "./plan/plan-query.ts";
export type {
  AllFilter,
  AnyFilter,
  Comparison,
  ConstantFilter,
  ContainsTest,
  EqualTest,
  FieldTest,
  MissingTest,
  NormalFilter,
  OneOfTest,
  OrderTest,
  PrefixTest,
  PresentValue,
  RegexTest,
  TestFilter,
  TextTest,
} from "./plan/normal-filter.ts";
export type { OrderKey } from "./plan/order.ts";
export type { CompositeKey, SortKey } from "./plan/sort-key.ts";
export type { Beyond, KeyBound, NothingBeyond, OrderedBeyond, PresentBeyond } from "./plan/keyset.ts";
export { canonicalJson } from "./cursor/canonical-json.ts";

// Translating plans for a database
export { allHold, type Translated } from "./translate/condition.ts";
export type { Dialect, FieldBound, ListedValues, PresentKey, Side } from "./translate/dialect.ts";
export { type SearchStretch, searchStretches } from "./translate/search-stretches.ts";
export { translatedFilter } from "./translate/translated-filter.ts";

// Regular expressions that every database reads alike
export { parseRegex } from "./regex/parse-regex.ts";
export type {
  CodePointRange,
  Regex,
  RegexAnchor,
  RegexAny,
  RegexCharacter,
  RegexChoice,
  RegexEmpty,
  RegexNode,
  RegexRepeat,
  RegexSequence,
  RegexSet,
} from "./regex/regex-tree.ts";
export { compileRegex } from "./regex/compile-regex.ts";
export type { RegexDialect } from "./regex/print-regex.ts";
export { printRegex } from "./regex/print-regex.ts";

// Errors
export type { InvalidQueryErrorOptions } from "./errors/invalid-query-error.ts";
export { InvalidQueryError } from "./errors/invalid-query-error.ts";
export type { InvalidCursorReason } from "./errors/invalid-cursor-error.ts";
export { InvalidCursorError } from "./errors/invalid-cursor-error.ts";
export type { MultipleResultsErrorOptions } from "./errors/multiple-results-error.ts";
export { MultipleResultsError } from "./errors/multiple-results-error.ts";
export type { UnsupportedRegexErrorOptions } from "./errors/unsupported-regex-error.ts";
export { UnsupportedRegexError } from "./errors/unsupported-regex-error.ts";
