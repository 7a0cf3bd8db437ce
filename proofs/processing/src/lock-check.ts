import { expect } from "vitest";
import type { LockLine } from "./lock-run.ts";

/** Checks that holders of a lock were never at work at the same time, as far as each could know. */
export function expectOneAtATime(lines: readonly LockLine[]): void {
  const holders = [...Map.groupBy(lines, ({ token }) => token).values()];
  const taken = lines.filter(({ what }) => what === "taken");
  expect(new Set(taken.map(({ token }) => token)).size).toBe(taken.length);
  // The one that was killed has neither ended nor lost it; the one that was frozen has lost it.
  expect(holders.filter((own) => own.every(({ what }) => what === "taken" || what === "holding"))).toHaveLength(1);
  expect(lines.filter(({ what }) => what === "lost").map(({ name }) => name)).toContain("frozen");
  const overlaps = holders.filter((own, n) => {
    const next = holders[n + 1]?.[0];
    const end = own.find(({ what }) => what === "ended") ?? own.findLast(({ what }) => what === "holding");
    return next !== undefined && end !== undefined && end.atNs > next.atNs;
  });
  expect(overlaps).toEqual([]);
}
