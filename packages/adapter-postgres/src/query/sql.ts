/** SQL in pieces: its texts and what goes between them, which is other SQL or a value to bind. */
export class Sql {
  readonly texts: readonly string[];
  readonly between: readonly unknown[];

  constructor(texts: readonly string[], between: readonly unknown[]) {
    this.texts = texts;
    this.between = between;
  }
}

/** A value to bind. A list is one parameter too. */
export type BoundValue = string | number | boolean | readonly (string | number | boolean)[];

/**
 * SQL as it is written, in which other SQL is inserted and everything else is bound: `` sql`${key} = ${value}::text` ``. Write its
 * type after a value: equal values of one type become one parameter.
 */
export function sql(texts: TemplateStringsArray, ...between: readonly (Sql | BoundValue)[]): Sql {
  return new Sql(texts, between);
}

/** A text as SQL: a name or a keyword, never anything that comes with a query. */
export function rawSql(text: string): Sql {
  return new Sql([text], []);
}

/** Several pieces of SQL with a text between each two of them. */
export function joinedSql(pieces: readonly Sql[], separator: string): Sql {
  const separators = Array.from({ length: Math.max(pieces.length - 1, 0) }, () => separator);
  return new Sql(["", ...separators, ""], pieces);
}
