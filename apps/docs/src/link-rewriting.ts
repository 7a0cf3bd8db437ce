import { relative } from "node:path";
import type { MarkdownOptions } from "vitepress";
import { pageLink } from "./page-link.ts";
import { repositoryDirectory } from "./repository.ts";

type MarkdownRenderer = Parameters<NonNullable<MarkdownOptions["config"]>>[0];

/** Turns the links of Markdown files, which are right in the repository, into links that are right on the site. */
export function rewriteLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("repository-links", ({ tokens, env }) => {
    const file = relative(repositoryDirectory, env.realPath ?? env.path).replaceAll("\\", "/");
    const links = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === "link_open");
    for (const link of links) link.attrSet("href", pageLink(link.attrGet("href") ?? "", file));
  });
}
