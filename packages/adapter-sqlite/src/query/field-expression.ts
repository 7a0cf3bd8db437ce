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
  /** Where the JSON value is; `undefined` when it is no part of a document, and so never an array or object. */
  readonly place: JsonPlace | undefined;
  /** Whether it is a column of text that is never missing: `id` or `name`. */
  readonly isTextColumn: boolean;
}

/** What fields are translated with. */
export interface FieldContext {
  readonly functions: QueryFunctions;
  /** The JSON paths into the state that an index exists on, for the name that is searched. */
  readonly indexedPaths: ReadonlySet<string>;
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
  if (field.kind === "function") return { key: callExpression(field, context), place: undefined, isTextColumn: false };
  const place = placeOf(field, context);
  if (place !== undefined) return { key: sortKeyExpression(place), place, isTextColumn: false };
  return { key: columnOf(field), place: undefined, isTextColumn: true };
}

/** The place of a path; `undefined` for `id` and `name`, which are no JSON. */
function placeOf(path: Path, { indexedPaths }: FieldContext): JsonPlace | undefined {
  const [first, ...rest] = path.segments;
  if (first === "id" || first === "name") return undefined;
  const jsonPath = jsonPathOf(rest);
  const isIndexed = first === "state" && indexedPaths.has(jsonPath);
  return { document: columnOf(path), path: isIndexed ? textLiteral(jsonPath) : sql`${jsonPath}` };
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
