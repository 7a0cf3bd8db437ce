/** Where a value is, for errors: `["events", 2, "payload"]`. */
export type ValuePath = readonly (string | number)[];

const PLAIN_KEY = /^[A-Za-z_$][\w$]{0,63}$/;

/** The most segments of a path that an error shows: those at its start and at its end. */
const SHOWN_SEGMENTS = 16;

/** A path as written in code: `events[2].payload["odd key"]`; the middle of a very long one is left out. */
export function printPath(path: ValuePath): string {
  if (path.length <= SHOWN_SEGMENTS) return path.map((segment, index) => printSegment(segment, index === 0)).join("");
  const half = SHOWN_SEGMENTS / 2;
  return `${printPath(path.slice(0, half))}…${path
    .slice(-half)
    .map((segment) => printSegment(segment, false))
    .join("")}`;
}

function printSegment(segment: string | number, isFirst: boolean): string {
  if (typeof segment === "number") return `[${segment}]`;
  if (PLAIN_KEY.test(segment)) return isFirst ? segment : `.${segment}`;
  return `[${JSON.stringify(segment.length > 64 ? `${segment.slice(0, 64)}…` : segment)}]`;
}
