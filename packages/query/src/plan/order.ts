import type { Field } from "../clauses/clause.ts";
import type { NullsPlacement, Sort, SortDirection } from "../clauses/sort.ts";
import type { Path } from "../paths/path.ts";
import type { NormalFilter } from "./normal-filter.ts";

/** One field of a total order. */
export interface OrderKey {
  readonly field: Field<unknown>;
  readonly direction: SortDirection;
  readonly nulls: NullsPlacement;
}

const ID: Path = Object.freeze({ kind: "path", segments: Object.freeze(["id"]) });
const NAME: Path = Object.freeze({ kind: "path", segments: Object.freeze(["name"]) });

/**
 * The total order of a search: its sorts, then the id in the direction of the last of them (ascending without one).
 * Ids are unique among documents of one name, so a search that its filters do not bind to one name is ordered by the
 * name at the very last.
 *
 * @example
 * ```ts
 * totalOrder([sortBy("state.balance", "desc")], filter); // balance descending, id descending, …
 * ```
 */
export function totalOrder(sorts: readonly Sort<unknown>[], filter: NormalFilter): readonly OrderKey[] {
  const direction = sorts.at(-1)?.direction ?? "asc";
  const order = sorts.map(({ field, direction, nulls }): OrderKey => Object.freeze({ field, direction, nulls }));
  const tieBreaker = (field: Path): OrderKey => Object.freeze({ field, direction, nulls: "last" });
  if (!order.some(({ field }) => isTopLevel(field, "id"))) order.push(tieBreaker(ID));
  if (!bindsName(filter) && !order.some(({ field }) => isTopLevel(field, "name"))) order.push(tieBreaker(NAME));
  return Object.freeze(order);
}

/** The same order the other way round, missing values included. */
export function reversedOrder(order: readonly OrderKey[]): readonly OrderKey[] {
  return Object.freeze(
    order.map(({ field, direction, nulls }) =>
      Object.freeze({
        field,
        direction: direction === "asc" ? ("desc" as const) : ("asc" as const),
        nulls: nulls === "first" ? ("last" as const) : ("first" as const),
      }),
    ),
  );
}

/** Whether a field is `id` or `name`, which are strings in every document, never missing, with nothing beneath. */
export function isTopLevel(field: Field<unknown>, name: "id" | "name"): boolean {
  return field.kind === "path" && field.segments[0] === name;
}

function bindsName(filter: NormalFilter): boolean {
  if (filter.kind === "all") return filter.filters.some(bindsName);
  return (
    filter.kind === "test" && !filter.isNegated && filter.test.kind === "equal" && isTopLevel(filter.field, "name")
  );
}
