import type { Field, FunctionArgument, FunctionCall, Path, PathSegment, QueryFunctions } from "@eventfold/query";
import { BUILT_IN_FUNCTIONS, InvalidQueryError } from "@eventfold/query";
import { callSql, isInSql } from "./function-in-sql.ts";
import { jsonOf, type Operand } from "./operand.ts";
import type { QueryNames } from "./query-names.ts";
import { joinedSql, rawSql, type Sql, sql } from "./sql.ts";

/** Finds what a field of a query is in SQL. */
export type OperandOf = (field: Field<unknown>) => Operand;

/** How fields are written. */
export interface OperandOptions {
  readonly names: QueryNames;
  /** The functions that may be called, with their SQL. Default: those of the library. */
  readonly functions?: QueryFunctions | undefined;
  /** The prefix of a column: the alias of the row, with a dot. Default: `p.`. */
  readonly row?: string | undefined;
  /** How a name of a member or an index is written. Default: it is bound. */
  readonly segment?: ((segment: PathSegment) => Sql) | undefined;
}

type WritingOptions = { readonly [K in keyof OperandOptions]-?: NonNullable<OperandOptions[K]> };

const bound = (segment: PathSegment) => (typeof segment === "string" ? sql`${segment}::text` : sql`${segment}::int`);

/**
 * Prepares the translation of fields. Names of members and indexes are bound; a path of n segments becomes n operators.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the returned function is given a call that has no translation.
 */
export function operandsOf({
  names,
  functions = BUILT_IN_FUNCTIONS,
  row = "p.",
  segment = bound,
}: OperandOptions): OperandOf {
  const options = { names, functions, row, segment };
  return (field) => (field.kind === "path" ? pathOperand(field, options) : json(called(field, options), names));
}

function pathOperand({ segments: [field, ...rest] }: Path, options: WritingOptions): Operand {
  if (field === "id" || field === "name") return { kind: "text", column: rawSql(options.row + field) };
  return json(
    rest.reduce((value, segment) => step(value, segment, options), columnOf(field, options)),
    options.names,
  );
}

const JSON_COLUMNS: ReadonlySet<unknown> = new Set(["state", "metadata", "source"]);

function columnOf(field: PathSegment | undefined, { row }: WritingOptions): Sql {
  if (JSON_COLUMNS.has(field)) return rawSql(row + field);
  throw new InvalidQueryError({ path: "", reason: `there is no field ${JSON.stringify(field)}` });
}

// A text finds members of objects only. An index would treat a scalar as an array of one element, so a function checks.
function step(value: Sql, segment: PathSegment, options: WritingOptions): Sql {
  const written = options.segment(segment);
  if (typeof segment === "string") return sql`${value} -> ${written}`;
  return sql`${rawSql(options.names.element)}(${value}, ${written})`;
}

function json(value: Sql, { sortKey }: QueryNames): Operand {
  return {
    kind: "json",
    value,
    key: sql`${rawSql(sortKey)}(${value}) collate "C"`,
    text: sql`(${value} #>> '{}') collate "C"`,
  };
}

function called(call: FunctionCall<unknown>, options: WritingOptions): Sql {
  const values = call.arguments.map((argument) => argumentSql(argument, options));
  if (call.name === "similarity") return sql`${rawSql(options.names.similarity)}(${joinedSql(values, ", ")})`;
  if (call.name === "folded") return sql`${rawSql(options.names.folded)}(${joinedSql(values, ", ")})`;
  const definition = options.functions.get(call.name);
  if (isInSql(definition)) return callSql(definition, values);
  throw new InvalidQueryError({ path: "", reason: `PostgreSQL cannot compute the function ${call.name}` });
}

/** The value that a path finds, as `jsonb`, or a constant, which is bound with the cast of its own type. */
function argumentSql(argument: FunctionArgument, options: WritingOptions): Sql {
  if (typeof argument === "object") return jsonOf(pathOperand(argument, options));
  if (typeof argument === "string") return sql`${argument}::text`;
  return typeof argument === "number" ? sql`${argument}::float8` : sql`${argument}::boolean`;
}
