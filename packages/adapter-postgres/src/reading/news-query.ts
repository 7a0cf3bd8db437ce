import type { SourceNews, SourcePlace } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";

const NOTHING: SourceNews = Object.freeze({ isReadable: false, isHeldBack: false });

/** The statement that finds what is new after places. It returns rows only for places with news; see sql/events/0006-news. */
export function newsStatement(names: LogNames, places: readonly SourcePlace[]): Statement {
  return {
    text: `select place, is_readable, is_held_back from ${names.news}($1::text[], $2::text[], $3::bigint[])`,
    values: [
      places.map(({ source }) => categoryOf(source)),
      places.map(({ source }) => (source.kind === "stream" ? source.stream : null)),
      places.map(({ after }) => after),
    ],
  };
}

/** The answer to {@link newsStatement}, per place. */
export function newsIn(rows: readonly TextRow[], places: readonly SourcePlace[]): readonly SourceNews[] {
  const news = places.map(() => NOTHING);
  for (const [place, isReadable, isHeldBack] of rows) {
    news[Number(place) - 1] = { isReadable: isReadable === "t", isHeldBack: isHeldBack === "t" };
  }
  return news;
}

function categoryOf(source: SourceIdentifier): string | null {
  return source.kind === "log" ? null : source.category;
}
