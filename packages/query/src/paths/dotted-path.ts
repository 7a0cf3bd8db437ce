import { MAX_PATH_SEGMENTS } from "../limits.ts";
import type { Location } from "../parse/location.ts";
import { fault } from "../parse/location.ts";
import type { PathSegment } from "./path.ts";

const DIGITS = /^[0-9]+$/;
const INDEX = /^(?:0|[1-9][0-9]*)$/;

/** The segments of a dotted path, in which one of digits is an index; no more are read than show that they are too many. */
export function segmentsOfDotted(text: string, at: Location): readonly PathSegment[] {
  return text.split(".", MAX_PATH_SEGMENTS + 1).map((segment) => segmentOf(segment, at));
}

function segmentOf(text: string, at: Location): PathSegment {
  if (text === "") return fault(at, 'a dotted path has no empty segment; write such a member as path(…, "")');
  if (!DIGITS.test(text)) return text;
  if (!INDEX.test(text)) return fault(at, 'an index has no leading zeros; write such a member as path(…, "007")');
  return Number(text);
}
