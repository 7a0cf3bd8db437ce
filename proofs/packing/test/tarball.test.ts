import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { workspaceDirectory } from "../src/packed-package.ts";
import { packedPackagesIn } from "../src/packed-workspace.ts";

const packed = await packedPackagesIn(inject("packedFolder"));

it("packs every package of the workspace", () => {
  expect(packed).toHaveLength(globSync("packages/*/package.json", { cwd: workspaceDirectory }).length);
});

describe.each(packed)("$name", ({ name, files, manifest }) => {
  const folder = join(workspaceDirectory, "packages", name.replace("@eventfold/", ""));

  it("ships what was built, its sources, the licence and the README, and nothing else", () => {
    const folders = name === "@eventfold/explorer" ? ["dist", "src", "page"] : ["dist", "src"];
    const others = files.filter((file) => !folders.includes(file.split("/")[0] ?? ""));
    expect(others.filter((file) => file !== "CHANGELOG.md").sort()).toEqual(["LICENSE", "README.md", "package.json"]);
    expect(files).toContain("dist/index.js");
    expect(files).toContain("dist/index.d.ts");
  });

  it("names no source, no condition of the workspace and no workspace range", () => {
    const text = JSON.stringify(manifest);
    expect(text).not.toContain("workspace:");
    expect(text).not.toContain("eventfold-source");
    expect(text).not.toContain("./src/");
  });

  it("leads a debugger from each line to a source that it ships", () => {
    const maps = files.filter((file) => file.endsWith(".js.map"));
    const scripts = files.filter((file) => file.startsWith("dist/") && file.endsWith(".js"));
    expect(maps).toEqual(scripts.map((file) => `${file}.map`));
    const sources = maps.flatMap((file) => {
      const map: { readonly sources: readonly string[] } = JSON.parse(readFileSync(join(folder, file), "utf8"));
      return map.sources.map((source) => posix.join(posix.dirname(file), source));
    });
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => !files.includes(source))).toEqual([]);
  });

  it("declares nothing that TypeScript 5.4 cannot read: buffers and typed arrays had no arguments then", () => {
    const declarations = files.filter((file) => file.endsWith(".d.ts"));
    const faults = declarations.flatMap(
      (file) => readFileSync(join(folder, file), "utf8").match(/\b(?:Buffer|\w+Array)<ArrayBuffer.*/g) ?? [],
    );
    expect(declarations.length).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  it("leads every program to a file that it ships, which a shell runs with Node", () => {
    const programs = Object.values(manifest.bin ?? {}).map((file) => file.replace("./", ""));
    expect(files).toEqual(expect.arrayContaining(programs));
    for (const program of programs) {
      expect(readFileSync(join(folder, program), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    }
  });

  it("leads every entry point to files that it ships", () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      Object.values(target as Record<string, string>),
    );
    expect(targets.length).toBeGreaterThan(0);
    expect(files).toEqual(expect.arrayContaining(targets.map((target) => target.replace("./", ""))));
  });
});
