import { describe, expect, it } from "vitest";
import { balanceOf, type SubscriptionView } from "../../src/node/balance.ts";
import type { SeenPartition } from "../../src/storage/partition.ts";

const session = (name: string, subscriptions: readonly number[] = [1]) => ({
  id: `id-of-${name}`,
  name,
  leaseMs: 10_000,
  beat: 1,
  subscriptions,
  beatAtMs: 0,
});

/** Partitions by the names of their owners; `-` is free. */
function partitionsOf(owners: string): SeenPartition[] {
  return owners.split(" ").map((owner, partition) => ({
    subscription: 1,
    partition,
    token: 1,
    owner: owner === "-" ? undefined : `id-of-${owner}`,
    sequenceNumber: 0,
    isPaused: false,
    requests: [],
  }));
}

function viewOf(owners: string, own: Partial<SubscriptionView> = {}): SubscriptionView {
  return {
    subscription: 1,
    session: "id-of-a",
    sessions: [session("a"), session("b")],
    partitions: partitionsOf(owners),
    leaving: new Set(),
    offered: new Set(),
    freeBeats: new Map(),
    fence: undefined,
    ...own,
  };
}

const claimed = (view: SubscriptionView) => balanceOf(view).claim.map(({ partition }) => partition);

describe("balanceOf", () => {
  it("claims what is free up to the share, and others claim others", () => {
    expect(claimed(viewOf("- - - -"))).toEqual([0, 1]);
    expect(claimed(viewOf("- - - -", { session: "id-of-b" }))).toEqual([2, 3]);
    expect(claimed(viewOf("a - b -"))).toEqual([1]);
    expect(claimed(viewOf("a a - -"))).toEqual([]);
  });

  it("claims what belongs to a session that is not living", () => {
    expect(claimed(viewOf("dead dead b b"))).toEqual([0, 1]);
  });

  it("claims what nobody has claimed for more than three beats", () => {
    expect(claimed(viewOf("a a - b", { freeBeats: new Map([[2, 3]]) }))).toEqual([]);
    expect(claimed(viewOf("a a - b", { freeBeats: new Map([[2, 4]]) }))).toEqual([2]);
  });

  it("gives back what is above the share while another is below", () => {
    expect(balanceOf(viewOf("a a a a")).release).toEqual([2, 3]);
    expect(balanceOf(viewOf("a a a b")).release).toEqual([3 - 1]);
    expect(balanceOf(viewOf("a a a a", { sessions: [session("a")] })).release).toEqual([]);
    expect(balanceOf(viewOf("a a a a", { sessions: [session("a"), session("b", [2])] })).release).toEqual([]);
  });

  it("gives back no more than others lack, counting what is on its way to them", () => {
    expect(balanceOf(viewOf("a a a a", { leaving: new Set([3]) })).release).toEqual([2]);
    expect(balanceOf(viewOf("a a a a", { leaving: new Set([2, 3]) })).release).toEqual([]);
    expect(balanceOf(viewOf("a a a -")).release).toEqual([2]);
    expect(balanceOf(viewOf("a a a b - -")).release).toEqual([]);
  });

  it("leaves partitions alone that have arrived at a fence", () => {
    const partitions = partitionsOf("- -").map((seen) => ({ ...seen, sequenceNumber: 7 + seen.partition }));
    const sessions = [session("a")];
    expect(claimed(viewOf("- -", { partitions, sessions, fence: 8 }))).toEqual([0]);
  });

  it("leaves to others what it offers them, and claims the rest", () => {
    const sessions = [session("a")];
    expect(claimed(viewOf("- - -", { sessions, offered: new Set([1]) }))).toEqual([0, 2]);
  });

  it("does nothing before its own session is seen", () => {
    expect(balanceOf(viewOf("- -", { sessions: [session("b")] }))).toEqual({ claim: [], release: [] });
  });
});
