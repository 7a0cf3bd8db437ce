import type { ScanBounds } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import type { Cell } from "../connection/client.ts";
import { IS_NO_OWN_CATEGORY } from "./own-categories.ts";

/** What narrows a scan beyond its place in the index: SQL for a WHERE clause, and the values bound in it. */
export interface ScanFilter {
  /** Conditions, each with a leading ` AND `; empty when there are none. */
  readonly sql: string;
  readonly values: readonly Cell[];
  /** Whether it may leave out many events in a row. */
  readonly isSelective: boolean;
}

/** The filter for a source and bounds. The texts are few, whatever the values: a list of names is one value. */
export function scanFilter(
  source: SourceIdentifier,
  bounds: ScanBounds,
  { includesOwnCategories = false }: { readonly includesOwnCategories?: boolean } = {},
): ScanFilter {
  const conditions: string[] = [];
  const values: Cell[] = [];
  const compare = (condition: string, value: number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  compare("occurred_at > ?", bounds.occurredAfterMs);
  compare("occurred_at < ?", bounds.occurredBeforeMs);
  compare("observed_at > ?", bounds.observedAfterMs);
  compare("observed_at < ?", bounds.observedBeforeMs);
  if (bounds.names !== undefined) {
    conditions.push("name IN (SELECT value FROM json_each(?))");
    values.push(JSON.stringify(bounds.names));
  }
  const isSelective = conditions.length > 0;
  if (source.kind === "log" && !includesOwnCategories) conditions.push(IS_NO_OWN_CATEGORY);
  return { sql: conditions.map((condition) => ` AND ${condition}`).join(""), values, isSelective };
}
