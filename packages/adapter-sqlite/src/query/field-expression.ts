import { InvalidQueryError, type OrderKey, type Path, type QueryFunctions } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { jsonPathOf } from "./json-path.ts";
import { type JsonPlace, sortKeyExpression } from "./sort-key-expression.ts";
import { textLiteral } from "./text-literal.ts";

/** What a clause can ask about: a path or a call of a function. */
export type Field = OrderKey["field"];

/** A field in SQL. */
export interface FieldExpression {
  /** What it is compared and sorted by. */
  readonly key: SQL;
  /** Where the JSON value is; `undefined` when it is not part of a document, and so never an array or object. */
  readonly place: JsonPlace | undefined;
  /** Whether it is a column of text that is never missing: `id` or `name`. */
  readonly isTextColumn: boolean;
  /** The index on it, where one is declared. */
  readonly index: string | undefined;
}

/** What fields are translated with. */
export interface FieldContext {
  readonly functions: QueryFunctions;
  /** The indexes on the state of what is searched, by JSON path. */
  readonly indexes: ReadonlyMap<string, string>;
}

const COLUMNS = new Map([
  ["id", sql.raw("p.id")],
  ["name", sql.raw("p.name")],
  ["source", sql.raw("p.source")],
  ["state", sql.raw("p.state")],
  ["metadata", sql.raw("p.metadata")],
]);

/**
 * Translates a field. Paths are bound, except for those with an index, which SQLite uses only when it reads the same
 * words as in the definition of the index.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when it calls a function that is not registered.
 */
export function fieldExpression(field: Field, context: FieldContext): FieldExpression {
  const none = { place: undefined, isTextColumn: false, index: undefined };
  if (field.kind === "function") return { ...none, key: callExpression(field, context) };
  const place = placeOf(field, context);
  if (place === undefined) return { ...none, key: columnOf(field), isTextColumn: true };
  return { ...none, key: sortKeyExpression(place), place, index: indexOn(field, context) };
}

/** The place of a path; `undefined` for `id` and `name`, which are not JSON. */
function placeOf(path: Path, context: FieldContext): JsonPlace | undefined {
  const [first, ...rest] = path.segments;
  if (first === "id" || first === "name") return undefined;
  const jsonPath = jsonPathOf(rest);
  const isIndexed = indexOn(path, context) !== undefined;
  return { document: columnOf(path), path: isIndexed ? textLiteral(jsonPath) : sql`${jsonPath}` };
}

function indexOn({ segments: [first, ...rest] }: Path, { indexes }: FieldContext): string | undefined {
  return first === "state" ? indexes.get(jsonPathOf(rest)) : undefined;
}

function columnOf({ segments }: Path): SQL {
  const column = COLUMNS.get(String(segments[0]));
  if (column === undefined) throw new InvalidQueryError({ path: "field", reason: "there is no such field" });
  return column;
}

function callExpression(call: Extract<Field, { kind: "function" }>, context: FieldContext): SQL {
  if (!context.functions.has(call.name)) {
    throw new InvalidQueryError({ path: "field", reason: `there is no function called ${call.name}` });
  }
  const values = call.arguments.map((argument) =>
    typeof argument === "object" ? jsonTextOf(argument, context) : sql`${JSON.stringify(argument)}`,
  );
  return sql`eventfold_call(${sql.join([sql`${call.name}`, ...values], sql.raw(", "))})`;
}

/** What a path finds, as JSON text; `NULL` when that is nothing. */
function jsonTextOf(path: Path, context: FieldContext): SQL {
  const place = placeOf(path, context);
  return place === undefined ? sql`json_quote(${columnOf(path)})` : sql`(${place.document} -> ${place.path})`;
}
