import type { NormalFilter } from "@eventfold/query";
import type { SqliteDialect } from "./sqlite-dialect.ts";

const NARROWING: ReadonlySet<string> = new Set(["equal", "order", "prefix", "one_of"]);

/**
 * Whether a filter narrows a search by an index other than that of its order. SQLite does not know how many rows that
 * leaves, so it would read all of them in order and end early, which is good only if many match.
 */
export function isNarrowed(filter: NormalFilter, orderIndex: string | undefined, dialect: SqliteDialect): boolean {
  if (filter.kind === "all") return filter.filters.some((part) => isNarrowed(part, orderIndex, dialect));
  if (filter.kind !== "test" || filter.isNegated || !NARROWING.has(filter.test.kind)) return false;
  const { index } = dialect.field(filter.field);
  return index !== undefined && index !== orderIndex;
}

/** Whether an index narrows a search down to the rows with one value of a path. */
export function isNarrowedToOneValue(filter: NormalFilter, dialect: SqliteDialect): boolean {
  if (filter.kind === "all") return filter.filters.some((part) => isNarrowedToOneValue(part, dialect));
  if (filter.kind !== "test" || filter.isNegated || filter.test.kind !== "equal") return false;
  return typeof filter.test.value !== "object" && dialect.field(filter.field).index !== undefined;
}
