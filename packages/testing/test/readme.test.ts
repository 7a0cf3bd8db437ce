import { readFileSync } from "node:fs";
import { eventStorageAdapterSuite, projectionStorageAdapterSuite, type SuiteRunner } from "@eventfold/testing";
import { describe, expect, it } from "vitest";

const page = readFileSync(new URL("../../../docs/testing.md", import.meta.url), "utf8");
const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
const entryPoints = Object.keys(JSON.parse(manifest).exports).map((path) => path.replace(".", "@eventfold/testing"));
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** What the tests that a suite registers cite: numbers of rules, or names of chapters. */
function citedBy(register: (runner: SuiteRunner) => void): Set<string> {
  const cited = new Set<string>();
  const note = (title: string): void => {
    cited.add(/^(?:rule (\d+)|([\w ]+)):/.exec(title)?.slice(1).find(Boolean) ?? `no rule in "${title}"`);
  };
  register({ describe: (_title, body) => body(), it: Object.assign(note, { skip: note }) });
  return cited;
}

/** The first column of the table under a heading. */
function listedUnder(heading: string): string[] {
  const section = readme.split(`### ${heading}\n`)[1]?.split(/^##/m)[0] ?? "";
  const [, , ...rows] = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.map((row) => row.split("|")[1]?.trim() ?? "");
}

const create = (): Promise<never> => Promise.reject(new Error("not run"));

describe("the README", () => {
  it("lists every rule that a test of event storage cites, and no other", () => {
    const cited = citedBy((runner) => eventStorageAdapterSuite(runner, { name: "any", create }));
    const inOrder = [...cited].sort((a, b) => Number(a) - Number(b) || (a === "transactions" ? 1 : -1));
    expect(listedUnder("Event storage")).toStrictEqual(inOrder);
  });

  it("lists every chapter that a test of projection storage cites, and no other", () => {
    const cited = citedBy((runner) => projectionStorageAdapterSuite(runner, { name: "any", create }));
    expect(listedUnder("Projection storage").sort()).toStrictEqual([...cited].sort());
  });
});

describe("the page about testing", () => {
  it.each(entryPoints)("names everything that %s has", async (entryPoint) => {
    const all = page.split("## All of the kit\n")[1] ?? "";
    const names = Object.keys(await import(entryPoint));
    expect(all).toContain(`\`${entryPoint}\``);
    expect(names.filter((name) => !all.includes(`\`${name}\``))).toStrictEqual([]);
  });
});
