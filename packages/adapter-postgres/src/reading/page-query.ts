import type { ScanBounds } from "@eventfold/store/adapter";
import type { CategoryIdentifier, LogIdentifier, SourceIdentifier, StreamIdentifier } from "@eventfold/types";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { matchingStatement } from "./matching-query.ts";
import type { PageRequest, TextsRequest } from "./page-request.ts";
import { QueryText } from "./query-text.ts";
import { addBounds, addSource } from "./source-clause.ts";
import { cutDocuments, DOCUMENTS, eventColumns, positionIn, sequenceNumberIn } from "./stored-event-row.ts";

/**
 * The statement for a page: a range of one index, in its order. Streams are read by position, categories and the log by
 * sequence number. Of those, only the events that match a query are found by their tags.
 */
export function pageStatement(names: LogNames, { source, bounds, direction, size, texts }: PageRequest): Statement {
  const { matching } = bounds;
  if (source.kind !== "stream" && matching !== undefined) {
    return matchingStatement(names, { source, bounds, matching, direction, size });
  }
  const query = new QueryText();
  const columns = eventColumns({ isInlineOnly: true, documents: documentsOf(query, texts) });
  if (source.kind === "category") return categoryStatement(names, { query, columns, source, bounds, direction, size });
  addSource(query, source, { ofAllCategories: texts !== undefined });
  addBounds(query, bounds);
  if (source.kind === "stream") addPositions(query, { names, source, bounds });
  const order = `e.${orderColumnOf(source)} ${direction === "forwards" ? "asc" : "desc"}`;
  const limit = query.bind(size, "bigint");
  return {
    text: `select ${columns} from ${names.events} e${query.whereClause} order by ${order} limit ${limit}`,
    values: query.values,
  };
}

/** The columns of documents, cut where that is wanted. */
function documentsOf(query: QueryText, texts: TextsRequest | undefined): readonly string[] {
  if (texts?.maxTextLength === undefined) return DOCUMENTS;
  return cutDocuments(query.bind(Math.min(texts.maxTextLength, GREATEST_LENGTH), "integer"));
}

const GREATEST_LENGTH = 2_147_483_647; // more than a text can have

interface CategoryPageRequest extends PageRequest {
  readonly query: QueryText;
  readonly source: CategoryIdentifier;
  readonly columns: string;
}

// The function is what keeps the planner to the index; see sql/events/0004-category-page.
function categoryStatement(
  names: LogNames,
  { query, columns, source, bounds, direction, size }: CategoryPageRequest,
): Statement {
  const page = [
    query.bind(source.category, "text"),
    query.bind(bounds.sequenceNumberAfter ?? 0, "bigint"),
    query.bind(bounds.sequenceNumberBefore ?? Number.MAX_SAFE_INTEGER, "bigint"),
    query.bind(direction === "backwards", "boolean"),
    query.bind(size, "bigint"),
    query.bind(bounds.names ?? null, "text[]"),
    query.bindTime(bounds.occurredAfterMs ?? null),
    query.bindTime(bounds.occurredBeforeMs ?? null),
    query.bindTime(bounds.observedAfterMs ?? null),
    query.bindTime(bounds.observedBeforeMs ?? null),
  ];
  return { text: `select ${columns} from ${names.categoryPage}(${page.join(", ")}) e`, values: query.values };
}

/** Also bounds the positions, by which a stream is read, by those that belong to the sequence numbers. */
function addPositions(query: QueryText, { names, source, bounds }: StreamBounds): void {
  const { sequenceNumberAfter: after = 0, sequenceNumberBefore: before } = bounds;
  const firstAbove = (sequenceNumber: number): string => {
    const [category, stream] = [query.bind(source.category, "text"), query.bind(source.stream, "text")];
    return `${names.streamPosition}(${category}, ${stream}, ${query.bind(sequenceNumber, "bigint")})`;
  };
  if (after > 0) query.where(`e.position >= ${firstAbove(after)}`);
  if (before !== undefined) query.where(`e.position < ${firstAbove(before - 1)}`);
}

interface StreamBounds {
  readonly names: LogNames;
  readonly source: StreamIdentifier;
  readonly bounds: ScanBounds;
}

function orderColumnOf(source: LogIdentifier | StreamIdentifier): string {
  return source.kind === "stream" ? "position" : "sequence_number";
}

/** The bounds of the page after the one that ended with this row. */
export function boundsAfter(row: TextRow, { source, bounds, direction }: PageRequest): ScanBounds {
  if (source.kind === "stream") {
    const position = positionIn(row);
    return direction === "forwards"
      ? { ...bounds, positionAfter: position, sequenceNumberAfter: undefined }
      : { ...bounds, positionBefore: position, sequenceNumberBefore: undefined };
  }
  const number = sequenceNumberIn(row);
  return direction === "forwards"
    ? { ...bounds, sequenceNumberAfter: number }
    : { ...bounds, sequenceNumberBefore: number };
}

/** The statement for the documents of events that are too large to come with a page. */
export function documentsStatement(
  names: LogNames,
  sequenceNumbers: readonly number[],
  texts?: TextsRequest,
): Statement {
  const query = new QueryText();
  const documents = documentsOf(query, texts).join(", ");
  const numbers = query.bind(sequenceNumbers, "bigint[]");
  return {
    text: `select e.sequence_number, ${documents} from ${names.events} e where e.sequence_number = any(${numbers})`,
    values: query.values,
  };
}

/** The statement for the newest event of a source up to a number. */
export function latestStatement(names: LogNames, source: SourceIdentifier, upTo: number | undefined): Statement {
  const bounds = upTo === undefined ? {} : { sequenceNumberBefore: upTo + 1 };
  return newestStatement(names, { columns: eventColumns({ isInlineOnly: false }), source, bounds });
}

/** The statement for the sequence number of the newest event of a source. */
export function latestNumberStatement(names: LogNames, source: SourceIdentifier): Statement {
  return newestStatement(names, { columns: "e.sequence_number", source, bounds: {} });
}

function newestStatement(
  names: LogNames,
  { columns, source, bounds }: Pick<PageRequest, "source" | "bounds"> & { readonly columns: string },
): Statement {
  const query = new QueryText();
  if (source.kind === "category") {
    return categoryStatement(names, { query, columns, source, bounds, direction: "backwards", size: 1 });
  }
  addSource(query, source);
  addBounds(query, bounds);
  return {
    text: `select ${columns} from ${names.events} e${query.whereClause} order by e.${orderColumnOf(source)} desc limit 1`,
    values: query.values,
  };
}

/** The statement for the event with an id. */
export function eventByIdStatement(names: LogNames, id: string): Statement {
  return {
    text: `select ${eventColumns({ isInlineOnly: false })} from ${names.events} e where e.id = $1::uuid`,
    values: [id],
  };
}
