import { describe, expect, it } from "vitest";
import { LockQueues } from "../../src/locks/lock-queues.ts";

describe("LockQueues", () => {
  it("lets others go first once a lock was had in a row for a second", () => {
    const queues = new LockQueues();
    let nowMs = 0;
    for (; nowMs <= 960; nowMs += 40) {
      expect(queues.waitMs("lock", nowMs)).toBe(0);
      queues.noteRelease("lock", { takenMs: nowMs, nowMs: nowMs + 40 });
    }
    expect(nowMs).toBe(1_000);
    expect(queues.waitMs("lock", nowMs)).toBe(50);
    expect(queues.waitMs("lock", nowMs + 20)).toBe(30);
    expect(queues.waitMs("another", nowMs)).toBe(0);
    // What comes after the wait is a new row.
    queues.noteRelease("lock", { takenMs: nowMs + 50, nowMs: nowMs + 60 });
    expect(queues.waitMs("lock", nowMs + 60)).toBe(0);
  });

  it("does not count as a row what has gaps in it", () => {
    const queues = new LockQueues();
    for (let nowMs = 0; nowMs < 10_000; nowMs += 100) {
      expect(queues.waitMs("lock", nowMs)).toBe(0);
      queues.noteRelease("lock", { takenMs: nowMs, nowMs: nowMs + 10 });
    }
  });

  it("forgets those that are over when there are many", () => {
    const queues = new LockQueues();
    for (let n = 0; n < 1_000; n += 1) queues.noteRelease(`lock-${n}`, { takenMs: 0, nowMs: 2_000 });
    expect(queues.waitMs("lock-1", 2_000)).toBe(50);
    queues.noteRelease("late", { takenMs: 0, nowMs: 2_050 });
    expect(queues.waitMs("lock-1", 2_000)).toBe(0);
  });

  it("calls in order, also when one that waits has left", async () => {
    const queues = new LockQueues();
    const [first, second, third] = [queues.join("lock"), queues.join("lock"), queues.join("lock")];
    expect(first.turn).toBeUndefined();
    let isCalled = false;
    const calling = third.turn?.then(() => {
      isCalled = true;
    });
    second.leave();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isCalled).toBe(false);
    first.leave();
    await calling;
    third.leave();
    await new Promise((resolve) => setImmediate(resolve));
    expect(queues.join("lock").turn).toBeUndefined();
  });
});
