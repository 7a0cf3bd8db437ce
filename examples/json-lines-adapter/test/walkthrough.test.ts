import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { failuresOf } from "./broken-adapter.ts";

const page = readFileSync(new URL("../../../docs/write-your-own-adapter.md", import.meta.url), "utf8");
const sources = new URL("../src/", import.meta.url);
const files = [
  ...readdirSync(sources).map((name) => new URL(name, sources)),
  new URL("event-storage-suite.test.ts", import.meta.url),
  new URL("fresh-file.ts", import.meta.url),
].map((url) => readFileSync(url, "utf8"));

/** The fenced blocks of the page: the words after the fence, and the text. */
const blocks = [...page.matchAll(/^```(?<mark>[^\n]*)\n(?<text>[\s\S]*?)^```$/gm)].map(({ groups }) => ({
  mark: groups?.mark ?? "",
  text: groups?.text ?? "",
}));

/** Lines without their indentation, which the page leaves out. */
function flush(text: string): string {
  return text.replaceAll(/^ +/gm, "");
}

/** A message without what is new in every run, or with every test that is added to the suite. */
function steady(message: string): string {
  return message
    .trim()
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replaceAll(/\d+ items/g, "N items")
    .replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, "TIME");
}

describe("the page about writing adapters", () => {
  const excerpts = blocks.filter(({ mark }) => mark === "ts sketch").map(({ text }) => flush(text));

  it("shows nothing but what is in the example", () => {
    for (const excerpt of excerpts) {
      expect(
        files.some((file) => flush(file).includes(excerpt)),
        excerpt,
      ).toBe(true);
    }
  });

  it("shows all of the example", () => {
    const shown = new Set(excerpts.flatMap((excerpt) => excerpt.split("\n")));
    const missing = files.flatMap((file) => flush(file).split("\n")).filter((line) => !shown.has(line));
    expect(missing).toStrictEqual([]);
  });

  it("says truly how long the adapter is", () => {
    const lines = files.slice(0, -2).flatMap((file) => file.split("\n"));
    expect(lines.filter((line) => !/^\s*(\/\/.*|\/\*\*.*)?$/.test(line)).length).toBeLessThan(210);
  });

  const breaks = blocks.flatMap(({ mark, text }, index) =>
    mark === "diff" ? [{ difference: text, printed: blocks[index + 1]?.text ?? "" }] : [],
  );

  it.each(breaks)(
    "shows what the suite prints when the adapter is broken: $difference",
    async ({ difference, printed }) => {
      const title = /^Broken — (.*)$/m.exec(printed)?.[1];
      const failures = await failuresOf(difference, (each) => each === title);
      expect([...failures.values()].map(steady)).toStrictEqual([steady(printed)]);
    },
  );
});
