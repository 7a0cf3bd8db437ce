import { type Operator, parseQuery } from "@eventfold/query";
import { isEventfoldError } from "@eventfold/store";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";
import { formLines } from "../program/form-lines.ts";

/** How each operator is written, longer ones before those that they begin with. */
const OPERATORS: readonly (readonly [sign: string, operator: Operator, takesText: boolean])[] = [
  ["!=", "not_equal", false],
  ["!~", "not_regex_matches", true],
  ["=~", "regex_matches", true],
  ["^=", "starts_with", true],
  ["*=", "contains_text", true],
  ["[]=", "contains", false],
  [">=", "greater_than_or_equal", false],
  ["<=", "less_than_or_equal", false],
  ["=", "equal", false],
  [">", "greater_than", false],
  ["<", "less_than", false],
];

/** How filters are written: each form, and what it means. */
export const FILTER_FORMS: readonly (readonly [form: string, meaning: string])[] = [
  ["state.balance>=100", "a comparison, by =, !=, >, >=, < or <="],
  ["state.owner=Ada", "a value is JSON where it can be read as that, and text otherwise"],
  ['state.zip="5"', "so text that looks like a number is quoted"],
  ["state.owner^=A", "the text begins with it; *= holds it somewhere"],
  ["state.owner=~^A.a$", "the text matches a regular expression; !~ it does not"],
  ["state.tags[]=vip", "the list has it as an element"],
  ['state.city in ["Lagos","Rome"]', "it is one of these; not in: it is none of them"],
  ["state.closed", "it is there; state.closed=null: it is not"],
  ['state.items.0."odd.key"', "a path: it begins with id, name, source, state or metadata; a number is an index"],
];

/** A query that commands take: any document, whose state nobody knows. */
export type FilterQuery = ReturnType<typeof parseQuery>;

/**
 * Reads filters, such as `state.balance>=100`, and sorts, such as `state.balance:desc`. Whatever they hold, they become clauses
 * of the query language: names and values in them never become SQL.
 *
 * @throws `Failure` when one is not written as {@link FILTER_FORMS} say, or the query language refuses it.
 */
export function parseFilters(filters: readonly string[], sorts: readonly string[]): FilterQuery {
  return parseQuery({
    filters: filters.map((text) => checkedClause(text, "filters", readFilter)),
    sort: sorts.map((text) => checkedClause(text, "sort", readSort)),
  });
}

function readFilter(text: string): object {
  const { field, rest } = readPath(text);
  const condition = rest.trim();
  if (condition === "") return { kind: "filter", field, operator: "exists" };
  const list = /^(not\s+)?in\s*(\[.*\])$/s.exec(condition);
  if (list !== null) {
    return {
      kind: "filter",
      field,
      operator: list[1] === undefined ? "in" : "not_in",
      value: JSON.parse(list[2] ?? ""),
    };
  }
  const [sign, operator, takesText] =
    OPERATORS.find(([each]) => condition.startsWith(each)) ?? wanted("an operator", condition);
  const given = condition.slice(sign.length).trim();
  const value = jsonOrText(given);
  return { kind: "filter", field, operator, value: takesText && typeof value !== "string" ? given : value };
}

function readSort(text: string): object {
  const { field, rest } = readPath(text);
  const [, direction = "asc"] = /^(?::(asc|desc))?$/.exec(rest) ?? wanted(":asc or :desc", rest);
  return { kind: "sort", field, direction, nulls: "last" };
}

const SEGMENT = /^(?:"(?:[^"\\]|\\.)*"|[^\s."=!<>~^*[\]:]+)/s;

/** The path at the beginning of a text, and what follows it. */
function readPath(text: string): { readonly field: object; readonly rest: string } {
  const segments: (string | number)[] = [];
  let rest = text.trimStart();
  do {
    if (segments.length > 0) rest = rest.slice(1);
    const [segment] = SEGMENT.exec(rest) ?? wanted("a member", rest);
    segments.push(segmentOf(segment));
    rest = rest.slice(segment.length);
  } while (rest.startsWith("."));
  return { field: { kind: "path", segments }, rest };
}

function segmentOf(text: string): string | number {
  if (text.startsWith('"')) return String(JSON.parse(text));
  return /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : text;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wanted(what: string, found: string): never {
  throw new SyntaxError(`${what} is wanted, not ${JSON.stringify(found)}.`);
}

/** The clause that a text is read as, once the query language accepts it by itself: then the message can name the text. */
function checkedClause(text: string, member: "filters" | "sort", read: (text: string) => object): object {
  try {
    const clause = read(text);
    parseQuery({ [member]: [clause] });
    return clause;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isEventfoldError(error)) throw error;
    throw new Failure(
      `${JSON.stringify(text)} cannot be used: ${error.message}\n\nFilters are written like this:\n${formLines(FILTER_FORMS).join("\n")}`,
      {
        exitCode: EXIT_CODES.usage,
        cause: error,
      },
    );
  }
}
