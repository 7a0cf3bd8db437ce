import { globSync } from "node:fs";
import { expect, it } from "vitest";
import { sections, topEntries } from "../src/navigation.ts";
import { pagePath } from "../src/page-path.ts";
import { isInRepository, repositoryDirectory } from "../src/repository.ts";

const listed = sections.flatMap(({ entries }) => entries.map(({ file }) => file));
const isGenerated = (file: string): boolean => file.startsWith("apps/docs/api/");

it("leads to every page that the repository has, once", () => {
  const files = globSync(["docs/**/*.md", "bench/README.md", "{packages,examples}/*/README.md"], {
    cwd: repositoryDirectory,
  });
  const pages = files.map((file) => file.replaceAll("\\", "/")).filter((file) => pagePath(file) !== undefined);
  expect(listed.filter((file) => !isGenerated(file)).sort()).toStrictEqual(pages.sort());
});

it("leads to nothing that does not exist", () => {
  const files = [...listed, ...topEntries.map(({ file }) => file)].filter((file) => !isGenerated(file));
  expect(files.filter((file) => !isInRepository(file))).toStrictEqual([]);
});
