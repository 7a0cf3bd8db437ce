import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MiniatureWorkspace, type SourceFiles } from "../src/miniature-workspace.ts";

const packages = [
  "types",
  "query",
  "store",
  "projections",
  "adapter-memory",
  "adapter-sqlite",
  "testing",
  "unheard-of",
];

/** What each file breaks: all of them are in one workspace, because a check takes two seconds. */
const FILES: SourceFiles = {
  "packages/query/src/good.ts": ["@eventfold/types"],
  "packages/store/src/good.ts": ["@eventfold/types"],
  "packages/projections/src/good.ts": ["@eventfold/types", "@eventfold/query", "@eventfold/store"],
  "packages/adapter-sqlite/src/good.ts": ["@eventfold/store", "@eventfold/projections"],
  "packages/adapter-sqlite/test/good.ts": ["@eventfold/testing", "@eventfold/adapter-memory"],
  "packages/testing/src/good.ts": ["@eventfold/store"],

  "packages/types/src/arrow.ts": ["@eventfold/store"],
  "packages/query/src/arrow.ts": ["@eventfold/store"],
  "packages/store/src/arrow.ts": ["@eventfold/projections"],
  "packages/projections/src/arrow.ts": ["@eventfold/adapter-memory"],
  "packages/adapter-sqlite/src/arrow.ts": ["@eventfold/adapter-memory"],
  "packages/testing/src/arrow.ts": ["@eventfold/adapter-memory"],

  "packages/store/src/cycle-one.ts": ["./cycle-two.ts"],
  "packages/store/src/cycle-two.ts": ["./cycle-one.ts"],

  "packages/store/src/path.ts": ["../../types/src/index.ts"],

  "packages/store/src/utils.ts": [],
  "packages/store/src/tests.ts": ["../test/sample.ts"],
  "packages/store/test/sample.ts": [],
  "packages/store/src/index.ts": ["./utils.ts"],

  "packages/unheard-of/src/new.ts": ["@eventfold/types"],
};

describe("the dependency arrows", () => {
  let workspace: MiniatureWorkspace;
  let violations: readonly string[];

  beforeAll(() => {
    workspace = new MiniatureWorkspace(packages);
    violations = workspace.violationsWith(FILES);
  });

  afterAll(() => workspace.remove());

  const violationsOf = (file: RegExp) => violations.filter((violation) => file.test(violation));

  it("accept what the architecture draws", () => {
    expect(violationsOf(/good\.ts$/)).toEqual([]);
  });

  it("refuse each wrong arrow between packages", () => {
    expect(violationsOf(/arrow\.ts$/)).toEqual([
      "direction-adapter-any: packages/adapter-sqlite/src/arrow.ts",
      "direction-projections: packages/projections/src/arrow.ts",
      "direction-query: packages/query/src/arrow.ts",
      "direction-store: packages/store/src/arrow.ts",
      "direction-testing: packages/testing/src/arrow.ts",
      "direction-types: packages/types/src/arrow.ts",
    ]);
  });

  it("refuse a cycle of files", () => {
    expect(violationsOf(/cycle-\w+\.ts$/)).toEqual([expect.stringMatching(/^no-cycle: packages\/store\/src\//)]);
  });

  it("refuse a path into another package", () => {
    expect(violationsOf(/path\.ts$/)).toEqual(["entry-points-only: packages/store/src/path.ts"]);
  });

  it("refuse sources that import tests, and files named after no concept", () => {
    expect(violationsOf(/(tests|index|utils|sample)\.ts$/)).toEqual([
      "no-tests-in-sources: packages/store/src/tests.ts",
      "one-concept-per-file: packages/store/src/index.ts",
    ]);
  });

  it("refuse a package that has no arrows yet", () => {
    expect(violationsOf(/new\.ts$/)).toEqual(["unknown-package: packages/unheard-of/src/new.ts"]);
  });

  it("refuse nothing else", () => {
    expect(violationsOf(/^(?!.*\/(good|arrow|cycle-\w+|path|tests|index|new)\.ts$)/)).toEqual([]);
  });
});
