import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Consumer } from "../src/consumer.ts";
import { nodeReleases } from "../src/node-release.ts";
import { withDependencies } from "../src/packed-package.ts";
import { packedPackagesIn } from "../src/packed-workspace.ts";
import { memorySuites, suiteRunners } from "../src/suite-runners.ts";

const packages = withDependencies(
  ["@eventfold/testing", "@eventfold/adapter-memory"],
  await packedPackagesIn(inject("packedFolder")),
);
const [oldestRelease] = nodeReleases;

describe("the packed suites", () => {
  let consumer: Consumer;

  beforeAll(() => {
    consumer = new Consumer({ packages, optionalPeers: false, others: { jest: "^30.5.2", vitest: "^5.1.1" } });
    for (const { key, importLine } of suiteRunners) {
      consumer.write(`memory-${key}.test.mjs`, memorySuites(importLine));
      consumer.write(`broken-${key}.test.mjs`, memorySuites(importLine, "{ eventById: async () => undefined }"));
    }
  }, 300_000);

  afterAll(() => consumer?.remove());

  it.each(suiteRunners)("pass the packed memory adapters under $name", ({ key, args }) => {
    const { status, stdout, stderr } = consumer.run(process.execPath, ...args(`memory-${key}.test.mjs`));
    expect(status, stdout + stderr).toBe(0);
  });

  it.each(suiteRunners)("name the rule that an adapter breaks on purpose, under $name", ({ key, args }) => {
    const { status, stdout, stderr } = consumer.run(process.execPath, ...args(`broken-${key}.test.mjs`, "rule 15"));
    expect(status).toBe(1);
    expect(stdout + stderr).toContain("Broken — rule 15: eventById finds every event, and nothing else");
  });

  it.each(suiteRunners)(`load under $name on ${oldestRelease?.name}`, ({ key, args }) => {
    const executable = oldestRelease?.executable ?? process.execPath;
    const { status, stdout, stderr } = consumer.run(executable, ...args(`memory-${key}.test.mjs`, "rule 1:"));
    expect(status, stdout + stderr).toBe(0);
  });
});
