import type { Sort } from "../clauses/sort.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import type { Location } from "./location.ts";
import { below } from "./location.ts";
import { parseField } from "./parse-field.ts";
import { readMembers, readOneOf } from "./record.ts";

/** Reads one field to sort by. */
export function parseSort(value: unknown, at: Location, functions?: QueryFunctions): Sort<unknown> {
  const members = readMembers(value, at, ["kind", "field", "direction", "nulls"]);
  readOneOf(members.get("kind"), below(at, "kind"), ["sort"]);
  const direction = readOneOf(members.get("direction") ?? "asc", below(at, "direction"), ["asc", "desc"]);
  const nulls = readOneOf(members.get("nulls") ?? "last", below(at, "nulls"), ["first", "last"]);
  const field = parseField(members.get("field"), below(at, "field"), functions);
  return Object.freeze({ kind: "sort", field, direction, nulls });
}
