import { describe, expect, it } from "vitest";
import { shareOf } from "../../src/node/shares.ts";

function sharesOf(partitions: number, members: number, subscription: number): readonly number[] {
  return Array.from({ length: members }, (_, member) => shareOf({ partitions, members, member, subscription }));
}

describe("shareOf", () => {
  it("deals out all partitions, and no two shares differ by more than one", () => {
    for (let partitions = 1; partitions <= 40; partitions += 1) {
      for (let members = 1; members <= 45; members += 1) {
        for (const subscription of [1, 2, 7, 2 ** 31 - 1]) {
          const shares = sharesOf(partitions, members, subscription);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(partitions);
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  it("spreads many subscriptions of one partition evenly", () => {
    const totals = [0, 0, 0];
    for (let subscription = 1; subscription <= 50; subscription += 1) {
      for (const [member, share] of sharesOf(1, 3, subscription).entries())
        totals[member] = (totals[member] ?? 0) + share;
    }
    expect(totals.toSorted()).toEqual([16, 17, 17]);
  });
});
