import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

/** Every package that a source file reaches at run time through the files of its own package. */
async function reachedPackages(file: URL, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  const text = await readFile(file, "utf8");
  for (const [, imported = ""] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gms)) {
    if (imported.startsWith(".")) await reachedPackages(new URL(imported, file), seen);
    else seen.add(imported);
  }
  return seen;
}

describe("the entry point for events", () => {
  it("never loads drizzle or what only projections need", async () => {
    const reached = await reachedPackages(new URL("../../src/index.ts", import.meta.url));
    const packages = [...reached].filter((name) => !/^(file|node):/.test(name));
    expect(packages.sort()).toEqual(["@eventfold/store/adapter", "@eventfold/types", "pg", "pg-copy-streams"]);
  });

  it("differs in the latter from the one for projections, which does without drizzle too", async () => {
    const reached = await reachedPackages(new URL("../../src/projections/index.ts", import.meta.url));
    expect([...reached]).toContain("@eventfold/query");
    expect([...reached].filter((name) => name.startsWith("drizzle-orm"))).toEqual([]);
  });

  it("differs in its port from the one for processing, which needs nothing else", async () => {
    const reached = await reachedPackages(new URL("../../src/processing/index.ts", import.meta.url));
    const packages = [...reached].filter((name) => !/^(file|node):/.test(name));
    expect(packages.sort()).toEqual(["@eventfold/processing", "@eventfold/store/adapter", "@eventfold/types", "pg"]);
  });

  it("leaves drizzle to the one that is named after it", async () => {
    const reached = await reachedPackages(new URL("../../src/drizzle/index.ts", import.meta.url));
    expect([...reached]).toContain("drizzle-orm");
  });
});
