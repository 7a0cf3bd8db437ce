import { MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import {
  type EventStorageRule,
  eventStorageAdapterSuite,
  type ProjectionStorageRule,
  projectionStorageAdapterSuite,
} from "@eventfold/testing";
import { describe, expect, it, vi } from "vitest";
import { memorySuiteOptions } from "../src/memory-storage.ts";
import { RecordingRunner } from "../src/recording-runner.ts";

function eventSuite(rules?: readonly EventStorageRule[]): RecordingRunner {
  const runner = new RecordingRunner();
  eventStorageAdapterSuite(runner, { name: "sampled", ...memorySuiteOptions(), rules });
  return runner;
}

function projectionSuite(rules?: readonly ProjectionStorageRule[]): RecordingRunner {
  const runner = new RecordingRunner();
  projectionStorageAdapterSuite(runner, {
    name: "sampled",
    create: async () => ({ open: () => MemoryProjectionStorageAdapter.open(), dispose: async () => {} }),
    rules,
  });
  return runner;
}

/** The rules that titles cite. */
const cited = (titles: readonly string[]): string[] => [
  ...new Set(titles.map((title) => title.slice(0, title.indexOf(":")))),
];

describe("a suite that is given the rules to test", () => {
  it("runs all tests of those rules, and those of what the adapter declares", () => {
    const { titles } = eventSuite([12, "transactions"]);
    const whole = eventSuite().titles.filter((title) => /^(rule 12|transactions):/.test(title));
    const chosen = titles.filter((title) => !title.includes("not among the rules"));
    expect(chosen.slice(0, 2)).toEqual([
      "rule 19: an open adapter declares the capabilities that the suite was told of",
      "rule 7: an open adapter says with which ordering guarantee its log was created",
    ]);
    expect(chosen.slice(2)).toEqual(whole);
    expect(whole.length).toBeGreaterThan(15);
  });

  it("skips each other rule, saying how many tests that are and why", async () => {
    const whole = eventSuite();
    const outcomes = await eventSuite([12, "transactions"]).run((title) => title.includes("not among the rules"));
    expect(outcomes).toContainEqual({
      title: "rule 4: 2 tests (skipped: not among the rules of this suite; EVENTFOLD_SOAK=1 runs it)",
      kind: "skipped",
    });
    const counts = outcomes.map(({ title }) => Number(/: (\d+) tests? \(skipped/.exec(title)?.[1]));
    const others = whole.titles.slice(2).filter((title) => !/^(rule 12|transactions):/.test(title));
    expect(counts.reduce((sum, count) => sum + count)).toBe(others.length);
    expect(cited(outcomes.map(({ title }) => title))).toEqual(cited(others));
  });

  it("runs all rules under EVENTFOLD_SOAK", () => {
    vi.stubEnv("EVENTFOLD_SOAK", "1");
    expect(eventSuite([12]).titles).toEqual(eventSuite().titles);
    vi.unstubAllEnvs();
  });

  it("refuses rules for which it has no tests, an empty list, and what is not a list", () => {
    expect(() => eventSuite([1, 99 as 1, "queries" as "transactions"])).toThrow(
      /^The suite has no tests of rule 99, queries; it has: rule 1, rule 2, .*, rule 22, .*transactions\.$/,
    );
    expect(() => eventSuite([99 as 1])).toThrow(RangeError);
    expect(() => eventSuite([])).toThrow(new RangeError("The option rules names no rule, so nothing would be tested."));
    expect(() => eventSuite("12" as never)).toThrow(
      new TypeError("The option rules must be an array, but it is string."),
    );
  });

  it("takes the chapters of projection storage alike", () => {
    const { titles } = projectionSuite(["loading"]);
    const others = projectionSuite().titles.filter((title) => !titles.includes(title));
    const isLeftOut = (title: string): boolean => title.includes("not among the rules");
    expect(cited(titles.filter((title) => !isLeftOut(title)))).toEqual(["life cycle", "loading"]);
    expect(new Set(cited(titles.filter(isLeftOut)))).toEqual(new Set(cited(others)));
  });
});
