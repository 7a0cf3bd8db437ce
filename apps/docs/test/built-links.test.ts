import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { brokenLinks } from "../src/built-links.ts";

function builtSite(pages: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "eventfold-site-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, "guide"));
  for (const [name, html] of Object.entries(pages)) writeFileSync(join(directory, name), html);
  return directory;
}

it("finds links to files that the repository does not have", () => {
  const repository = "https://github.com/eventfold/eventfold/blob/main";
  const site = builtSite({
    "index.html": `<a href="${repository}/packages/store/src/index.ts#L1">1</a> <a href="${repository}/store/src/no.ts">2</a>`,
  });
  expect(brokenLinks(site)).toStrictEqual([`/index.html: ${repository}/store/src/no.ts`]);
});

it("finds links to pages and anchors that the site does not have, and no others", () => {
  const site = builtSite({
    "index.html":
      '<a class="nav" href="/guide/one.html#here">1</a> <a href="/">home</a> <a href="https://x.example">x</a>',
    "guide/index.html":
      '<a href="../index.html">home</a> <a href="one.html#h%C3%A9">one</a> <a href="/logo.svg">logo</a>',
    "guide/one.html":
      '<h2 id="here"></h2><h2 id="hé"></h2> <a href="#there">2</a> <a href="/guide/">guide</a> <a href="./two.html">3</a>',
    "logo.svg": "<svg/>",
  });
  expect(brokenLinks(site)).toStrictEqual(["/guide/one.html: #there", "/guide/one.html: ./two.html"]);
});
