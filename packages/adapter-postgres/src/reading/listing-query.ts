import type { Statement } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";

/** A page of names: those after one, in code-point order. */
export interface ListingPage {
  readonly after: string;
  readonly size: number;
}

// A skip scan: each name is one descent of an index, however many events it has. The server has none of its own before
// version 18. https://wiki.postgresql.org/wiki/Loose_indexscan
function skipScan(nextAfter: (previous: string) => string): string {
  return `with recursive names(name, number) as (
    select ${nextAfter("$1::text")}, 1
    union all
    select ${nextAfter("n.name")}, n.number + 1 from names n where n.name is not null and n.number < $2::bigint
  ) select name from names where name is not null`;
}

/** The statement for a page of categories, without the library's own, which begin with `$`. */
export function categoriesStatement(names: LogNames, { after, size }: ListingPage): Statement {
  const first = (condition: string) =>
    `(select e.category from ${names.events} e where ${condition} order by e.category limit 1)`;
  const text = skipScan(
    (previous) =>
      `coalesce(${first(`e.category > ${previous} and e.category < '$'`)}, ${first(`e.category > ${previous} and e.category >= '%'`)})`,
  );
  return { text, values: [after, size] };
}

/** The statement for a page of the streams of a category. */
export function streamsStatement(names: LogNames, category: string, { after, size }: ListingPage): Statement {
  const text = skipScan(
    (previous) =>
      `(select e.stream from ${names.events} e where e.category = $3::text and e.stream > ${previous} order by e.stream limit 1)`,
  );
  return { text, values: [after, size, category] };
}
