import type { EventQueryItem, ScanBounds } from "@eventfold/store/adapter";
import type { LogIdentifier, StreamIdentifier } from "@eventfold/types";
import { itemsInSql } from "./items-in-sql.ts";
import type { QueryText } from "./query-text.ts";

/**
 * Leaves out the categories that begin with `$`, which are the library's own. `%` is the next character, so this is exactly that
 * range.
 */
export const CALLERS_CATEGORIES = "(e.category < '$' or e.category >= '%')";

/** Narrows a statement to the events of a source; the log to those of callers' categories, unless all are wanted. */
export function addSource(
  query: QueryText,
  source: LogIdentifier | StreamIdentifier,
  { ofAllCategories = false }: { readonly ofAllCategories?: boolean } = {},
): void {
  if (source.kind === "log") {
    if (!ofAllCategories) query.where(CALLERS_CATEGORIES);
    return;
  }
  query.where(`e.category = ${query.bind(source.category, "text")}`);
  query.where(`e.stream = ${query.bind(source.stream, "text")}`);
}

/** Narrows a statement to the events within bounds. */
export function addBounds(query: QueryText, bounds: ScanBounds): void {
  const compare = (column: string, operator: ">" | "<", value: number | undefined) => {
    if (value !== undefined) query.where(`e.${column} ${operator} ${query.bind(value, "bigint")}`);
  };
  const compareTime = (column: string, operator: ">" | "<", epochMs: number | undefined) => {
    if (epochMs !== undefined) query.where(`e.${column} ${operator} ${query.bindTime(epochMs)}`);
  };
  compare("sequence_number", ">", bounds.sequenceNumberAfter);
  compare("sequence_number", "<", bounds.sequenceNumberBefore);
  compare("position", ">", bounds.positionAfter);
  compare("position", "<", bounds.positionBefore);
  compareTime("occurred_at", ">", bounds.occurredAfterMs);
  compareTime("occurred_at", "<", bounds.occurredBeforeMs);
  compareTime("observed_at", ">", bounds.observedAfterMs);
  compareTime("observed_at", "<", bounds.observedBeforeMs);
  if (bounds.names !== undefined) query.where(`e.name = any(${query.bind(bounds.names, "text[]")})`);
  if (bounds.matching !== undefined) addItems(query, bounds.matching);
}

/** Narrows a statement to the events that match one of the items of a query. */
function addItems(query: QueryText, items: readonly EventQueryItem[]): void {
  const { tags, names } = itemsInSql(items);
  const each = tags.map((ofItem, item) => {
    const [wantedTags, wantedNames] = [query.bind(ofItem, "text[]"), query.bind(names[item] ?? null, "text[]")];
    return `(${wantedTags} is null or e.tags @> ${wantedTags}) and (${wantedNames} is null or e.name = any(${wantedNames}))`;
  });
  query.where(each.length === 0 ? "false" : `(${each.join(" or ")})`);
}
