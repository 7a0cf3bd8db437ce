import type { EventQueryItem } from "@eventfold/store/adapter";
import { type CategoryIdentifier, type LogIdentifier, logIdentifier } from "@eventfold/types";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { itemsInSql } from "./items-in-sql.ts";
import type { PageRequest } from "./page-request.ts";
import { QueryText } from "./query-text.ts";
import { CALLERS_CATEGORIES } from "./source-clause.ts";
import { eventColumns } from "./stored-event-row.ts";

/** One page of the events that match a query, of a category or the log. */
export interface MatchingRequest extends PageRequest {
  readonly source: CategoryIdentifier | LogIdentifier;
  readonly matching: readonly EventQueryItem[];
}

/** The statement for a page of the events that match a query. */
export function matchingStatement(names: LogNames, request: MatchingRequest): Statement {
  const query = new QueryText();
  const before = query.bind(request.bounds.sequenceNumberBefore ?? Number.MAX_SAFE_INTEGER, "bigint");
  const page = pageCall(query, names, { ...request, before });
  return { text: `select ${eventColumns({ isInlineOnly: true })} from ${page} e`, values: query.values };
}

/**
 * The statement for the boundary of a query, where one writer at a time stores: the newest visible number of the log, and the first page
 * of the events up to it that match. Both are of one moment, since a statement has one snapshot. See {@link boundaryIn}.
 */
export function boundaryStatement(
  names: LogNames,
  { matching, size }: { readonly matching: readonly EventQueryItem[]; readonly size: number },
): Statement {
  const query = new QueryText();
  const all = { source: logIdentifier(), bounds: {}, direction: "forwards" } as const;
  const page = pageCall(query, names, { ...all, matching, size, before: "newest.number + 1" });
  const newest = `select e.sequence_number from ${names.events} e where ${CALLERS_CATEGORIES} order by e.sequence_number desc limit 1`;
  return {
    text:
      `select ${eventColumns({ isInlineOnly: true })}, newest.number ` +
      `from (select coalesce((${newest}), 0) as number offset 0) newest left join lateral ${page} e on true`,
    values: query.values,
  };
}

/** The answer to {@link boundaryStatement}: the number, and the rows of the events, of which there may be none. */
export function boundaryIn(rows: readonly TextRow[]): { readonly after: number; readonly rows: readonly TextRow[] } {
  const [first] = rows;
  return { after: Number(first?.at(-1) ?? 0), rows: first?.[0] === null ? [] : rows };
}

// The functions are what finds events by their tags, whatever the planner believes; see sql/events/0008-query-page.
function pageCall(
  query: QueryText,
  names: LogNames,
  { source, bounds, matching, direction, size, before }: MatchingRequest & { readonly before: string },
): string {
  const { tags, names: eventNames } = itemsInSql(matching, bounds.names);
  const isOne = tags.length === 1;
  const page = [
    query.bind(isOne ? tags[0] : tags, "text[]"),
    query.bind(isOne ? eventNames[0] : eventNames, "text[]"),
    query.bind(source.kind === "category" ? source.category : null, "text"),
    query.bind(bounds.sequenceNumberAfter ?? 0, "bigint"),
    before,
    query.bind(direction === "backwards", "boolean"),
    query.bind(size, "bigint"),
    query.bindTimesBetween(bounds.occurredAfterMs, bounds.occurredBeforeMs),
    query.bindTimesBetween(bounds.observedAfterMs, bounds.observedBeforeMs),
  ];
  return `${isOne ? names.itemPage : names.queryPage}(${page.join(", ")})`;
}
