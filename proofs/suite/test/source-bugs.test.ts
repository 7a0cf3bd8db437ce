import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startPostgres } from "@eventfold/testing/postgres";
import { beforeAll, describe, expect, it } from "vitest";
import { sourceBugs } from "../src/bugs/source-bugs.ts";
import type { RecordedOutcome } from "../src/recording-runner.ts";

interface Report {
  readonly fault: string;
  readonly violations: readonly string[];
  readonly outcomes: readonly RecordedOutcome[];
}

const reports = new Map<string, Report>();

beforeAll(async () => {
  await using postgres = await startPostgres();
  const script = fileURLToPath(new URL("../src/bugs/hunt-bugs.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=eventfold-source", script], {
    env: { ...process.env, BUG_DATABASE: postgres.connectionString },
    maxBuffer: 2 ** 28,
    timeout: 290_000,
    killSignal: "SIGKILL", // a bug may keep the process from coming to any timer of its own.
  });
  for (const line of stdout.trim().split("\n")) {
    const report = JSON.parse(line) as Report;
    reports.set(report.fault, report);
  }
}, 300_000);

it.each(sourceBugs)("$file still has the lines that the bug changes: it $fault", ({ file, edits }) => {
  const source = readFileSync(new URL(`../../../packages/${file}`, import.meta.url), "utf8");
  for (const { find } of edits) expect(source.split(find)).toHaveLength(2);
});

describe.each(sourceBugs)("the $adapter adapter with a bug of two lines: it $fault", ({ fault, edits, needsLoad }) => {
  it(`is found by ${needsLoad ? "" : "the model test and by "}the history checker`, () => {
    expect(edits.length).toBeLessThanOrEqual(2);
    const { violations = [], outcomes = [] } = reports.get(fault) ?? {};
    expect(violations).not.toEqual([]);
    if (needsLoad) return;
    expect(outcomes.map(({ message }) => message).join("\n")).toMatch(
      /Program \d+ failed; shrunk \d+ times it is:\n {2}1\. /,
    );
  });
});
