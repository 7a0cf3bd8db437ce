import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MiniatureWorkspace } from "../src/miniature-workspace.ts";

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

describe("the dependency arrows", () => {
  let workspace: MiniatureWorkspace;

  beforeEach(() => {
    workspace = new MiniatureWorkspace(packages.slice(0, -1));
  });

  afterEach(() => workspace.remove());

  it("accept what the architecture draws", () => {
    const files = {
      "packages/query/src/good.ts": ["@eventfold/types"],
      "packages/store/src/good.ts": ["@eventfold/types"],
      "packages/projections/src/good.ts": ["@eventfold/types", "@eventfold/query", "@eventfold/store"],
      "packages/adapter-sqlite/src/good.ts": ["@eventfold/store", "@eventfold/projections"],
      "packages/adapter-sqlite/test/good.ts": ["@eventfold/testing", "@eventfold/adapter-memory"],
      "packages/testing/src/good.ts": ["@eventfold/store"],
    };
    expect(workspace.violationsWith(files)).toEqual([]);
  });

  it("refuse each wrong arrow between packages", () => {
    const files = {
      "packages/types/src/wrong.ts": ["@eventfold/store"],
      "packages/query/src/wrong.ts": ["@eventfold/store"],
      "packages/store/src/wrong.ts": ["@eventfold/projections"],
      "packages/projections/src/wrong.ts": ["@eventfold/adapter-memory"],
      "packages/adapter-sqlite/src/wrong.ts": ["@eventfold/adapter-memory"],
      "packages/testing/src/wrong.ts": ["@eventfold/adapter-memory"],
    };
    expect(workspace.violationsWith(files)).toEqual([
      "direction-adapter-any: packages/adapter-sqlite/src/wrong.ts",
      "direction-projections: packages/projections/src/wrong.ts",
      "direction-query: packages/query/src/wrong.ts",
      "direction-store: packages/store/src/wrong.ts",
      "direction-testing: packages/testing/src/wrong.ts",
      "direction-types: packages/types/src/wrong.ts",
    ]);
  });

  it("refuse a cycle of files", () => {
    const files = { "packages/store/src/one.ts": ["./two.ts"], "packages/store/src/two.ts": ["./one.ts"] };
    expect(workspace.violationsWith(files)).toEqual([expect.stringMatching(/^no-cycle: packages\/store\/src\//)]);
  });

  it("refuse a path into another package", () => {
    const files = { "packages/store/src/wrong.ts": ["../../types/src/index.ts"] };
    expect(workspace.violationsWith(files)).toEqual(["entry-points-only: packages/store/src/wrong.ts"]);
  });

  it("refuse sources that import tests, and files named after no concept", () => {
    const files = {
      "packages/store/src/utils.ts": [],
      "packages/store/src/wrong.ts": ["../test/sample.ts"],
      "packages/store/test/sample.ts": [],
      "packages/store/src/index.ts": ["./utils.ts"],
    };
    expect(workspace.violationsWith(files)).toEqual([
      "no-tests-in-sources: packages/store/src/wrong.ts",
      "one-concept-per-file: packages/store/src/index.ts",
    ]);
  });
});

it("refuse a package that has no arrows yet", () => {
  const workspace = new MiniatureWorkspace(packages);
  const violations = workspace.violationsWith({ "packages/unheard-of/src/new.ts": ["@eventfold/types"] });
  workspace.remove();
  expect(violations).toEqual(["unknown-package: packages/unheard-of/src/new.ts"]);
});
