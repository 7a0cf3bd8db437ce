import { expect, it } from "vitest";
import { pageLink } from "../src/page-link.ts";

const repository = "https://github.com/eventfold/eventfold";

const links: readonly (readonly [what: string, href: string, expected: string])[] = [
  ["another document", "query.md#pages", "/query.md#pages"],
  ["a decision", "decisions/0090-deciders-and-command-ids.md", "/decisions/0090-deciders-and-command-ids.md"],
  ["a package's folder", "../packages/store", "/packages/store.md"],
  ["the benchmarks", "../bench/README.md#figures", "/benchmarks.md#figures"],
  ["a document, by its address on the web", `${repository}/blob/main/docs/query.md#pages`, "/query.md#pages"],
  ["a source file", "../examples/hotel/src/rooms.ts", `${repository}/blob/main/examples/hotel/src/rooms.ts`],
  ["a folder without a README", "../proofs/suite", `${repository}/tree/main/proofs/suite`],
  ["a file that the site leaves out", "../CONTRIBUTING.md", `${repository}/blob/main/CONTRIBUTING.md`],
  ["another site", "https://www.postgresql.org/docs/18/", "https://www.postgresql.org/docs/18/"],
  ["a heading of its own page", "#pages", "#pages"],
  ["nothing", "no-such-page.md", "no-such-page.md"],
];

it.each(links)("turns a link to %s into one that is right on the site", (_what, href, expected) => {
  expect(pageLink(href, "docs/query.md")).toBe(expected);
});
