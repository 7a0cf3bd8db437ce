import { globSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readMarkdownPage } from "../src/markdown-page.ts";
import { linkTarget, shownFile } from "../src/page-link.ts";
import { isInRepository, readRepositoryFile, repositoryDirectory } from "../src/repository.ts";

const files = globSync("**/*.md", {
  cwd: repositoryDirectory,
  exclude: ["**/node_modules/**", "**/dist/**", "apps/docs/api/**", "**/CHANGELOG.md"],
}).map((file) => file.replaceAll("\\", "/"));

const pages = new Map(files.map((file) => [file, readMarkdownPage(readRepositoryFile(file))]));

/** What is wrong with a link in a file, if anything is. */
function fault(href: string, file: string): string | undefined {
  const target = linkTarget(href, file);
  if (target === undefined) return undefined;
  if (!isInRepository(target.path)) return `${href} leads to nothing`;
  const { anchors } = pages.get(shownFile(target)) ?? {};
  const anchor = decodeURIComponent(target.hash.slice(1));
  if (anchor === "" || anchors === undefined || anchors.has(anchor)) return undefined;
  return `${href} leads to a page without such a heading; it has: ${[...anchors].join(", ")}`;
}

describe("every link to a file of the repository", () => {
  it.each(files)("in %s leads to a file, and to a heading in it", (file) => {
    const faults = pages.get(file)?.links.flatMap((href) => fault(href, file) ?? []);
    expect(faults).toStrictEqual([]);
  });
});

it("is found in READMEs, in documents and in decisions", () => {
  const withLinks = files.filter((file) => pages.get(file)?.links.some((href) => linkTarget(href, file)));
  expect(withLinks).toEqual(
    expect.arrayContaining(["README.md", "packages/store/README.md", "docs/processing.md", "bench/README.md"]),
  );
});
