import { globSync } from "node:fs";
import type { DefaultTheme } from "vitepress";
import { entryPoints } from "./entry-points.ts";
import { readMarkdownPage } from "./markdown-page.ts";
import { pagePath } from "./page-path.ts";
import { readRepositoryFile, repositoryDirectory } from "./repository.ts";

/** A page of the navigation: its Markdown file, from the root of the repository, and what the link to it says. */
export interface Entry {
  readonly file: string;
  readonly text: string;
}

/** Entries under a heading. */
export interface Section {
  readonly text: string;
  readonly entries: readonly Entry[];
  /** Whether a reader has to open it first. */
  readonly isCollapsed?: boolean;
}

/** The pages that match a pattern in the order of their names, each by its title. */
function everyPage(pattern: string): Entry[] {
  const files = globSync(pattern, { cwd: repositoryDirectory }).map((file) => file.replaceAll("\\", "/"));
  return files.sort().map((file) => ({ file, text: readMarkdownPage(readRepositoryFile(file)).title ?? file }));
}

/** The pages of the API reference: one for each entry point of a published package. */
function apiPages(): Entry[] {
  return [...entryPoints().values()].map((name) => ({
    file: `apps/docs/api/${name}.md`,
    text: name.replace("@eventfold/", ""),
  }));
}

/** Every section of the site, in the order in which somebody new would read them. */
export const sections: readonly Section[] = [
  {
    text: "Introduction",
    entries: [
      { file: "docs/overview.md", text: "What it is, and when not to use it" },
      { file: "docs/getting-started.md", text: "Getting started" },
      { file: "docs/how-do-i.md", text: "How do I …" },
    ],
  },
  {
    text: "Guides",
    entries: [
      { file: "docs/events.md", text: "Events" },
      { file: "docs/metadata.md", text: "Metadata" },
      { file: "docs/privacy.md", text: "Privacy" },
      { file: "docs/adapters.md", text: "Storage adapters" },
      { file: "docs/ordering.md", text: "Ordering" },
      { file: "docs/write-your-own-adapter.md", text: "Writing an adapter" },
      { file: "docs/projections.md", text: "Projections" },
      { file: "docs/query.md", text: "The query language" },
      { file: "docs/processing.md", text: "Processing" },
      { file: "docs/commands.md", text: "Commands" },
      { file: "docs/boundaries.md", text: "Tags and boundaries" },
      { file: "docs/transactions.md", text: "Transactions" },
      { file: "docs/testing.md", text: "Testing" },
    ],
  },
  { text: "Recipes", entries: everyPage("docs/recipes/*.md") },
  {
    text: "In production",
    entries: [
      { file: "docs/operations.md", text: "Operations" },
      { file: "docs/explorer.md", text: "The explorer" },
      { file: "docs/observability.md", text: "Observability" },
      { file: "docs/moving-between-databases.md", text: "Moving between databases" },
      { file: "docs/postgresql.md", text: "Operating PostgreSQL" },
      { file: "docs/clusters.md", text: "Clusters and failover" },
      { file: "docs/processing-runbooks.md", text: "Runbooks of processing" },
      { file: "docs/scaling.md", text: "Scaling" },
      { file: "docs/replicas.md", text: "Replicas" },
    ],
  },
  {
    text: "Command line",
    entries: [{ file: "docs/command-line.md", text: "The program" }, ...everyPage("docs/cli/*.md")],
    isCollapsed: true,
  },
  {
    text: "Reference",
    entries: [
      { file: "docs/errors.md", text: "Errors" },
      { file: "docs/glossary.md", text: "Glossary" },
      { file: "docs/contract.md", text: "The contract of events" },
      { file: "docs/processing-contract.md", text: "The contract of processing" },
      { file: "docs/keys-contract.md", text: "The contract of keys" },
      { file: "docs/mutation.md", text: "Mutation tests" },
      { file: "bench/README.md", text: "Benchmarks" },
      { file: "docs/comparison.md", text: "Comparison" },
    ],
  },
  {
    text: "API",
    entries: [{ file: "apps/docs/api/index.md", text: "All entry points" }, ...apiPages()],
    isCollapsed: true,
  },
  { text: "Packages", entries: everyPage("packages/*/README.md"), isCollapsed: true },
  { text: "Examples", entries: everyPage("examples/*/README.md"), isCollapsed: true },
  {
    text: "Decisions",
    entries: [{ file: "docs/decisions/README.md", text: "All decisions" }, ...everyPage("docs/decisions/0*.md")],
    isCollapsed: true,
  },
  { text: "Coming from …", entries: everyPage("docs/coming-from/*.md") },
];

/** The links at the top of every page, the home page included. */
export const topEntries: readonly Entry[] = [
  { file: "docs/overview.md", text: "Overview" },
  { file: "docs/getting-started.md", text: "Getting started" },
  { file: "docs/how-do-i.md", text: "How do I …" },
  { file: "apps/docs/api/index.md", text: "API" },
];

function link({ file, text }: Entry): { readonly text: string; readonly link: string } {
  return { text, link: `/${pagePath(file)?.replace(/\.md$/, "")}` };
}

/** The navigation as VitePress wants it. */
export function themeNavigation(): Pick<DefaultTheme.Config, "nav" | "sidebar"> {
  const sidebar = sections.map(({ text, entries, isCollapsed = false }) => ({
    text,
    collapsed: isCollapsed,
    items: entries.map(link),
  }));
  return { nav: topEntries.map(link), sidebar };
}
