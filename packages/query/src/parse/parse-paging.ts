import type { Cursor, Paging } from "../clauses/paging.ts";
import { MAX_PAGE_SIZE } from "../limits.ts";
import type { Location } from "./location.ts";
import { below, described, fault } from "./location.ts";
import type { Members } from "./record.ts";
import { readMembers, readOneOf, readText } from "./record.ts";

/** Reads which page is wanted. A cursor is only looked into when its query is planned. */
export function parsePaging(value: unknown, at: Location): Paging {
  const members = readMembers(value, at, ["kind", "number", "size", "after", "before", "withTotal"]);
  const kind = readOneOf(members.get("kind"), below(at, "kind"), ["offset", "keyset"]);
  return kind === "offset" ? parseOffset(members, at) : parseKeyset(members, at);
}

function parseOffset(members: Members, at: Location): Paging {
  for (const name of ["after", "before"]) {
    if (members.has(name)) fault(below(at, name), "an offset page has no cursor");
  }
  const size = readSize(members, at);
  const number = readInteger(members.get("number"), below(at, "number"), Math.floor(Number.MAX_SAFE_INTEGER / size));
  return Object.freeze({ kind: "offset", number, size, ...readTotal(members, at) });
}

function parseKeyset(members: Members, at: Location): Paging {
  if (members.has("number")) fault(below(at, "number"), "a keyset page has no number");
  if (members.has("after") && members.has("before")) fault(below(at, "before"), "give after or before, not both");
  const size = readSize(members, at);
  return Object.freeze({
    kind: "keyset",
    size,
    ...readCursor(members, at, "after"),
    ...readCursor(members, at, "before"),
    ...readTotal(members, at),
  });
}

function readSize(members: Members, at: Location): number {
  return readInteger(members.get("size"), below(at, "size"), MAX_PAGE_SIZE);
}

function readInteger(value: unknown, at: Location, highest: number): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= highest) return value as number;
  return fault(at, `expected an integer from 1 to ${highest}, got ${described(value)}`);
}

function readTotal(members: Members, at: Location): { readonly withTotal?: true } {
  const withTotal = members.get("withTotal") ?? false;
  if (typeof withTotal !== "boolean")
    return fault(below(at, "withTotal"), `expected a boolean, got ${described(withTotal)}`);
  return withTotal ? { withTotal } : {};
}

function readCursor(members: Members, at: Location, side: "after" | "before"): Partial<Record<typeof side, Cursor>> {
  const cursor = members.get(side);
  return cursor === undefined ? {} : { [side]: readText(cursor, below(at, side)) };
}
