import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { brokenAdapters } from "../src/broken-adapters.ts";
import { hasCaught, hasWaitedInVain } from "../src/has-caught.ts";
import type { RecordedOutcome } from "../src/recording-runner.ts";

interface Report {
  readonly rule: number | string;
  readonly fault: string;
  readonly outcomes: readonly RecordedOutcome[];
}

/** Some broken adapters are waited for, not worked on: two processes at once share the waiting. */
const PARTS = 2;

const reports: Report[] = [];

describe("the event storage suite", () => {
  beforeAll(async () => {
    const run = promisify(execFile);
    const script = fileURLToPath(new URL("../src/run-broken-adapters.ts", import.meta.url));
    const runs = Array.from({ length: PARTS }, (_, part) =>
      run(process.execPath, ["--conditions=eventfold-source", script, String(part), String(PARTS)], {
        maxBuffer: 2 ** 28,
      }),
    );
    for (const { stdout } of await Promise.all(runs)) {
      for (const line of stdout.trim().split("\n")) reports.push(JSON.parse(line) as Report);
    }
  }, 300_000);

  it.each(brokenAdapters.map(({ rule, fault, says, isWaitedFor }) => ({ rule, fault, says, isWaitedFor })))(
    "catches an adapter that breaks rule $rule: it $fault",
    ({ rule, fault, says, isWaitedFor = false }) => {
      const report = reports.find((each) => each.rule === rule && each.fault === fault);
      const failed = report?.outcomes.filter(({ kind }) => kind === "failed") ?? [];
      const caught = isWaitedFor ? failed : failed.filter(hasCaught);
      expect(caught.map(({ title }) => title)).not.toEqual([]);
      for (const { title, message } of failed) expect(message).toContain(`Broken — ${title}\n`);
      if (says === undefined) return;
      expect(failed.map(({ message }) => message).join("\n")).toContain(says);
      for (const { message = "" } of failed) expect(hasWaitedInVain(message), message).toBe(false);
    },
  );

  it("has a broken adapter for every rule", () => {
    const rules = new Set<number | string>(brokenAdapters.map(({ rule }) => rule));
    const missing = Array.from({ length: 30 }, (_, index) => index + 1).filter((rule) => !rules.has(rule));
    expect(missing).toEqual([]);
    expect(rules).toContain("transactions");
  });
});
