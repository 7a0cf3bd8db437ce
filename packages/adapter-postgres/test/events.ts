import type { NewEvent } from "@eventfold/store";

/** Events with a number each. */
export function numbered(count: number, from = 0): NewEvent[] {
  return Array.from({ length: count }, (_, index) => ({ name: "numbered", payload: { n: from + index } }));
}
