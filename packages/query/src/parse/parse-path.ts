import { TOP_LEVEL_FIELDS } from "../document.ts";
import { MAX_ARRAY_INDEX, MAX_PATH_SEGMENTS } from "../limits.ts";
import { segmentsOfDotted } from "../paths/dotted-path.ts";
import type { Path, PathSegment } from "../paths/path.ts";
import type { Location } from "./location.ts";
import { below, described, fault } from "./location.ts";
import { readElements, readMembers, readOneOf, readText } from "./record.ts";

/** Reads a path, in its dotted form or as data. */
export function parsePath(value: unknown, at: Location): Path {
  if (typeof value === "string") return pathOf(segmentsOfDotted(readText(value, at), at), at);
  const members = readMembers(value, at, ["kind", "segments"]);
  readOneOf(members.get("kind"), below(at, "kind"), ["path"]);
  const where = below(at, "segments");
  return pathOf(readElements(members.get("segments"), where, MAX_PATH_SEGMENTS), where);
}

function pathOf(elements: readonly unknown[], at: Location): Path {
  if (elements.length > MAX_PATH_SEGMENTS) fault(at, `a path has at most ${MAX_PATH_SEGMENTS} segments`);
  const segments = elements.map((element, index) => parseSegment(element, below(at, index)));
  const [first] = segments;
  if (!(TOP_LEVEL_FIELDS as readonly unknown[]).includes(first)) {
    return fault(at, `a path begins with one of ${TOP_LEVEL_FIELDS.join(", ")}, got ${described(first)}`);
  }
  if (segments.length > 1 && (first === "id" || first === "name")) {
    return fault(at, `${first} is a string and has nothing beneath it`);
  }
  return Object.freeze({ kind: "path", segments: Object.freeze(segments) });
}

function parseSegment(value: unknown, at: Location): PathSegment {
  if (typeof value !== "number") return readText(value, at);
  if (Number.isInteger(value) && value >= 0 && value <= MAX_ARRAY_INDEX) return value + 0;
  return fault(at, `an index must be an integer from 0 to ${MAX_ARRAY_INDEX}, got ${value}`);
}
