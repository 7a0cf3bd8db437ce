import { inspect } from "node:util";
import { ABSENT, type Difference } from "./difference.ts";

const MOST_DIFFERENCES = 10;

/** A difference, with what it belongs to: `event 1 "money-deposited"`. */
export interface LocatedDifference extends Difference {
  readonly within?: string | undefined;
  /** What else is known about it. */
  readonly remark?: string | undefined;
}

/** Differences as lines of text: the place, what was expected, what came. After the tenth they are only counted. */
export function differencesText(differences: readonly LocatedDifference[]): string {
  const shown = differences.slice(0, MOST_DIFFERENCES).map(differenceText);
  const more = differences.length - shown.length;
  return [...shown, ...(more > 0 ? [`  … and ${more} more`] : [])].join("\n");
}

function differenceText({ within, path, expected, actual, remark }: LocatedDifference): string {
  const place = [within, pathText(path)].filter((part) => part !== undefined && part !== "").join(": ");
  const lines = [`  ${place}`, `    expected: ${valueText(expected)}`, `    actual:   ${valueText(actual)}`];
  return [...lines, ...(remark === undefined ? [] : [`    ${remark}`])].join("\n");
}

/** A path as one would write it: `payload.items[0]["unit price"]`. */
function pathText(path: Difference["path"]): string {
  return path
    .map((segment, index) => {
      if (typeof segment === "number") return `[${segment}]`;
      if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(segment)) return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join("");
}

/** A value on one line, cut if it is long. */
export function valueText(value: unknown): string {
  if (value === ABSENT) return "nothing";
  const text = inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 20, sorted: false });
  return text.length > 300 ? `${text.slice(0, 300)} …` : text;
}
