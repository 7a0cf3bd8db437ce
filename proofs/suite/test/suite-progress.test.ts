import { eventStorageAdapterSuite } from "@eventfold/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { changedAdapter } from "../src/changed-adapter.ts";
import { memorySuiteOptions } from "../src/memory-storage.ts";
import { RecordingRunner } from "../src/recording-runner.ts";

describe("a suite that takes its time", () => {
  const lines: string[] = [];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("says on standard error how far it has come and what it is at, ever less often", async () => {
    const runner = new RecordingRunner();
    const never = memorySuiteOptions((beneath) => changedAdapter(beneath, { save: () => new Promise(() => {}) }));
    eventStorageAdapterSuite(runner, { name: "slow", ...never, rules: [4], timeLimitMs: 40_000 });
    const outcomes = runner.run();
    await vi.advanceTimersByTimeAsync(80_000);
    expect((await outcomes).map(({ kind }) => kind).slice(0, 4)).toEqual(["passed", "passed", "failed", "failed"]);
    const [first, second] = runner.titles.filter((title) => title.startsWith("rule 4:"));
    const start = "slow: the contract of event storage:";
    expect(lines).toEqual([
      `${start} 2 of 4 tests in 5 s, 0 failed; now ${first}\n`,
      `${start} 2 of 4 tests in 15 s, 0 failed; now ${first}\n`,
      `${start} 2 of 4 tests in 35 s, 0 failed; now ${first}\n`,
      `${start} 3 of 4 tests in 75 s, 1 failed; now ${second}\n`,
    ]);
  });
});
