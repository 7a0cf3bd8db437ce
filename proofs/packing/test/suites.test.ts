import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Consumer } from "../src/consumer.ts";
import { nodeReleases } from "../src/node-release.ts";
import { ownAdapter, ownFaults, pageCompilerOptions, withFault } from "../src/own-adapter.ts";
import { withDependencies } from "../src/packed-package.ts";
import { packedPackagesIn } from "../src/packed-workspace.ts";
import { memorySuites, suiteRunners } from "../src/suite-runners.ts";

const packages = withDependencies(
  ["@eventfold/testing", "@eventfold/adapter-memory"],
  await packedPackagesIn(inject("packedFolder")),
);
const [oldestRelease] = nodeReleases;

let consumer: Consumer;

beforeAll(() => {
  consumer = new Consumer({ packages, optionalPeers: false, others: { jest: "^30.5.2", vitest: "^5.1.1" } });
}, 300_000);

afterAll(() => consumer?.remove());

describe("the packed suites", () => {
  beforeAll(() => {
    for (const { key, importLine } of suiteRunners) {
      consumer.write(`memory-${key}.test.mjs`, memorySuites(importLine));
      consumer.write(`broken-${key}.test.mjs`, memorySuites(importLine, "{ eventById: async () => undefined }"));
    }
  });

  it.each(suiteRunners)("pass the packed memory adapters under $name", ({ key, args }) => {
    const { status, stdout, stderr } = consumer.run(process.execPath, ...args(`memory-${key}.test.mjs`));
    expect(status, stdout + stderr).toBe(0);
  });

  it.each(suiteRunners)(
    `load on ${oldestRelease?.name}, and name the rule that an adapter breaks on purpose, under $name`,
    ({ key, args }) => {
      const executable = oldestRelease?.executable ?? process.execPath;
      const { status, stdout, stderr } = consumer.run(executable, ...args(`broken-${key}.test.mjs`, "rule 15"));
      expect(status).toBe(1);
      expect(stdout + stderr).toContain("Broken — rule 15: eventById finds every event, and nothing else");
    },
  );
});

describe("an adapter written by the page, with nothing but the packed packages", () => {
  /** What a run of vitest says of a test file, as far as it is read here. */
  interface FileReport {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }

  let reports: readonly FileReport[];

  /** The adapter as it is, and with each of the mistakes, in folders of their own: one run of the suite for all. */
  beforeAll(() => {
    write("whole", ownAdapter);
    for (const fault of ownFaults) write(folderOf(fault), withFault(fault));
    // The example passes all rules where it stands, so that every day those do here that the faults break.
    reports = runSuite("adapters", "rule (1|3|20):");
  }, 300_000);

  function write(folder: string, files: ReadonlyMap<string, string>): void {
    for (const [name, text] of files) consumer.write(`adapters/${folder}/${name}`, text);
  }

  function folderOf({ broken }: { readonly broken: string }): string {
    return (broken.split(":")[0] ?? "").replace(" ", "-");
  }

  function runSuite(folder: string, only: string): readonly FileReport[] {
    const report = join(consumer.directory, `${folder.replace("/", "-")}.json`);
    const reporting = ["--no-isolate", "--reporter=json", `--outputFile=${report}`];
    const args = ["run", "--dir", folder, "--testNamePattern", only, ...reporting];
    const { stdout, stderr } = consumer.run(process.execPath, "node_modules/vitest/vitest.mjs", ...args);
    if (!existsSync(report)) throw new Error(stdout + stderr);
    return (JSON.parse(readFileSync(report, "utf8")) as { readonly testResults: readonly FileReport[] }).testResults;
  }

  /** The tests of a folder that were run. */
  function testsIn(folder: string): FileReport["assertionResults"] {
    const file = reports.find(({ name }) => name.includes(`/adapters/${folder}/`));
    return file?.assertionResults.filter(({ status }) => status === "passed" || status === "failed") ?? [];
  }

  it("compiles with the options that the page gives", () => {
    const files = [...ownAdapter.keys()].map((name) => `adapters/whole/${name}`);
    expect(consumer.compile(files, pageCompilerOptions())).toBe("");
  });

  it("passes the suite", () => {
    const tests = testsIn("whole");
    expect(tests.flatMap(({ failureMessages }) => failureMessages)).toEqual([]);
    expect(tests.length).toBeGreaterThanOrEqual(10);
  });

  it.runIf(process.env.EVENTFOLD_SOAK)("passes the whole suite", () => {
    reports = runSuite("adapters/whole", ".");
    const tests = testsIn("whole");
    expect(tests.flatMap(({ failureMessages }) => failureMessages)).toEqual([]);
    expect(tests.length).toBeGreaterThanOrEqual(100);
  });

  it.each(ownFaults)("is said to break its rule, and how, when it $fault", (fault) => {
    const failure = testsIn(folderOf(fault)).find(({ title }) => title === fault.broken);
    const message = stripVTControlCharacters(failure?.failureMessages.join("\n") ?? "");
    const [, difference] = message.split(`Broken — ${fault.broken}\n`);
    expect(difference, message).toMatch(fault.difference);
  });
});
