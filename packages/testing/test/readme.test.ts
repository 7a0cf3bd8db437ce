import { readFileSync } from "node:fs";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import { describe, expect, it } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

describe("the README", () => {
  it("lists every rule that a test of the suite cites, and no other", () => {
    const cited = new Set<string>();
    const note = (title: string): void => {
      cited.add(/^(?:rule (\d+)|(\w+)):/.exec(title)?.slice(1).find(Boolean) ?? `no rule in "${title}"`);
    };
    const runner = { describe: (_title: string, body: () => void) => body(), it: Object.assign(note, { skip: note }) };
    eventStorageAdapterSuite(runner, { name: "any", create: () => Promise.reject(new Error("not run")) });
    const listed = [...readme.matchAll(/^\| (\d+|transactions) +\|/gm)].map(([, rule]) => rule);
    expect(listed).toStrictEqual([...cited].sort((a, b) => Number(a) - Number(b) || (a === "transactions" ? 1 : -1)));
  });
});
