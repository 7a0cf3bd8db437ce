import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const packages = new URL("../../../packages", import.meta.url).pathname;
const contract = readFileSync(new URL("../../../docs/contract.md", import.meta.url), "utf8");

const numbersOfRules = [...contract.matchAll(/^(\d+)\. /gm)].map(([, number]) => number);
const rows = [...contract.matchAll(/^\| (\d+) +\|(.*)\|$/gm)].map(([, number, cells = ""]) => ({
  number,
  cells: cells.split("|").map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path)),
}));

/** The folders in which the paths of a column begin, from `packages`. */
const foldersOfColumns = [
  ["."],
  ["adapter-memory/src"],
  ["adapter-sqlite/src", "adapter-sqlite"],
  ["adapter-postgres/src", "adapter-postgres"],
  ["testing/src/event-storage/rules"],
];

describe("the table from rules to files in docs/contract.md", () => {
  it("has one row for each rule, in order", () => {
    expect(numbersOfRules.length).toBeGreaterThan(0);
    expect(rows.map(({ number }) => number)).toEqual(numbersOfRules);
  });

  it("names at least one test for each rule", () => {
    expect(rows.filter(({ cells }) => cells.at(-1)?.length === 0)).toEqual([]);
  });

  it("names only files that exist", () => {
    const missing = rows.flatMap(({ cells }) =>
      cells.flatMap((paths, column) =>
        paths.filter((path) => !foldersOfColumns[column]?.some((folder) => existsSync(join(packages, folder, path)))),
      ),
    );
    expect(missing).toEqual([]);
  });

  it("names every file of the suite that is named after a rule", () => {
    const named = new Set(rows.flatMap(({ cells }) => cells.at(-1) ?? []));
    const files = readdirSync(join(packages, "testing/src/event-storage/rules"));
    expect(files.filter((file) => file.startsWith("rule-") && !named.has(file))).toEqual([]);
  });
});
