import { describe, expect, it } from "vitest";
import { StalledSessions } from "../../src/node/stalled-sessions.ts";

const other = (beat: number, leaseMs = 100) => [
  { id: "other", name: "other", leaseMs, beat, subscriptions: [], beatAtMs: 0 },
];

describe("StalledSessions", () => {
  it("takes a session for stalled after its lease and three beats of the observer", () => {
    const stalled = new StalledSessions();
    expect([0, 40, 80].map((nowMs) => stalled.observe(other(5), nowMs))).toEqual([[], [], []]);
    expect(stalled.observe(other(5), 99)).toEqual([]);
    expect(stalled.observe(other(5), 100)).toEqual([{ id: "other", beat: 5 }]);
  });

  it("takes nobody for stalled after one long gap between the observer's own beats", () => {
    const stalled = new StalledSessions();
    expect(stalled.observe(other(5), 0)).toEqual([]);
    expect(stalled.observe(other(5), 10_000)).toEqual([]);
    expect(stalled.observe(other(6), 10_040)).toEqual([]);
    expect(stalled.observe(other(6), 10_080)).toEqual([]);
  });

  it("begins anew with every beat of the other, and when it has forgotten the session", () => {
    const stalled = new StalledSessions();
    for (let beat = 0; beat < 10; beat += 1) expect(stalled.observe(other(beat), beat * 90)).toEqual([]);
    for (const nowMs of [850, 870, 890]) stalled.observe(other(9), nowMs);
    stalled.forget();
    expect(stalled.observe(other(9), 5_000)).toEqual([]);
  });
});
