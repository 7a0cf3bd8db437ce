import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withTimeout } from "../src/connection/with-timeout.ts";

const FAKED = ["setTimeout", "clearTimeout", "performance"] as const;

const never = (): Promise<never> => new Promise<never>(() => {});

describe("withTimeout", () => {
  let ended: string[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: [...FAKED] });
    ended = [];
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  function wait(name: string, timeoutMs: number, promise: Promise<unknown> = never()): Promise<unknown> {
    const waiting = withTimeout(promise, timeoutMs, () => new Error(name));
    const note = (what: unknown) => void ended.push(String(what));
    return waiting.then(note, note);
  }

  it("ends each wait when its own time is over, whichever began first", async () => {
    void wait("long", 300);
    void wait("short", 100);
    await vi.advanceTimersByTimeAsync(50);
    void wait("late", 100);
    await vi.advanceTimersByTimeAsync(50);
    expect(ended).toEqual(["Error: short"]);
    await vi.advanceTimersByTimeAsync(50);
    expect(ended).toEqual(["Error: short", "Error: late"]);
    await vi.advanceTimersByTimeAsync(150);
    expect(ended).toEqual(["Error: short", "Error: late", "Error: long"]);
  });

  it("gives the outcome of what settles in time, and holds nothing up", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    void wait("in vain", 100, promise);
    void wait("refused", 100, Promise.reject(new Error("no")));
    void wait("next", 200);
    await vi.advanceTimersByTimeAsync(50);
    resolve("done");
    await vi.advanceTimersByTimeAsync(100);
    expect(ended).toEqual(["Error: no", "done"]);
    await vi.advanceTimersByTimeAsync(50);
    expect(ended).toEqual(["Error: no", "done", "Error: next"]);
  });

  it("goes on when a clock was replaced while it waited", async () => {
    void wait("before", 1_000);
    vi.useRealTimers();
    const real = performance.now();
    vi.useFakeTimers({ toFake: [...FAKED], now: Date.now() });
    vi.spyOn(performance, "now").mockImplementation(() => real + 1e9);
    void wait("after", 100);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toEqual(["Error: before"]);
    vi.mocked(performance.now).mockImplementation(() => real + 1e9 + 100);
    await vi.advanceTimersByTimeAsync(100);
    expect(ended).toEqual(["Error: before", "Error: after"]);
  });
});
