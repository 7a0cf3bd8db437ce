import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { samplesOf } from "../src/code-sample.ts";
import { Consumer } from "../src/consumer.ts";
import { isPromisedBy, nodeReleases } from "../src/node-release.ts";
import { withDependencies } from "../src/packed-package.ts";
import { packedPackagesIn } from "../src/packed-workspace.ts";
import { importedPackages, requiredSample } from "../src/required-sample.ts";

const available = await packedPackagesIn(inject("packedFolder"));
const quickStarts = samplesOf("README.md")
  .filter(({ isRun }) => isRun)
  .map((sample) => {
    const packages = withDependencies(importedPackages(sample.code), available);
    return { ...sample, packages, releases: nodeReleases.filter((release) => isPromisedBy(packages, release)) };
  });

it.each(nodeReleases)("finds a quick start for $name in the README", (release) => {
  expect(quickStarts.filter(({ releases }) => releases.includes(release))).not.toHaveLength(0);
});

describe.each(quickStarts)("the quick start of $file:$line, with only the packages it needs", (quickStart) => {
  const { code, packages, releases } = quickStart;
  let consumer: Consumer;

  beforeAll(() => {
    consumer = new Consumer({ packages, optionalPeers: false });
    consumer.write("imported.mts", code);
    consumer.write("required.cts", requiredSample(code));
  }, 300_000);

  afterAll(() => consumer?.remove());

  it("compiles where Node's own resolution is used, imported and required", () => {
    const compiled = consumer.compile(["imported.mts", "required.cts"], { module: "nodenext", outDir: "." });
    expect(compiled).toBe("");
  });

  it("compiles where a bundler resolves", () => {
    const options = { module: "preserve", moduleResolution: "bundler", noEmit: true };
    expect(consumer.compile(["imported.mts"], options)).toBe("");
  });

  describe.each(releases)("on $name", ({ name, executable }) => {
    it.each(["imported.mjs", "required.cjs"])("runs %s", (file) => {
      const ending = consumer.run(executable, file);
      expect(ending, `${name}: ${ending.stderr}`).toMatchObject({ status: 0 });
      expect(ending.stdout).not.toBe("");
    });
  });
});
