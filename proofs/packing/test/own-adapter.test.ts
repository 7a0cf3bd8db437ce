import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Consumer } from "../src/consumer.ts";
import { ownAdapter, ownFaults, pageCompilerOptions, withFault } from "../src/own-adapter.ts";
import { withDependencies } from "../src/packed-package.ts";
import { packedPackagesIn } from "../src/packed-workspace.ts";

const packages = withDependencies(
  ["@eventfold/testing", "@eventfold/adapter-memory"],
  await packedPackagesIn(inject("packedFolder")),
);

describe("an adapter written by the page, with nothing but the packed packages", () => {
  let author: Consumer;

  beforeAll(() => {
    author = new Consumer({ packages, optionalPeers: false, others: { vitest: "^5.1.1" } });
    write("whole", ownAdapter);
  }, 300_000);

  afterAll(() => author?.remove());

  function write(folder: string, files: ReadonlyMap<string, string>): void {
    for (const [name, text] of files) author.write(`${folder}/${name}`, text);
  }

  function runSuite(folder: string, only = "."): { readonly status: number | null; readonly output: string } {
    const args = ["run", "--dir", folder, "--testNamePattern", only];
    const { status, stdout, stderr } = author.run(process.execPath, "node_modules/vitest/vitest.mjs", ...args);
    return { status, output: stripVTControlCharacters(stdout + stderr) };
  }

  it("compiles with the options that the page gives", () => {
    const files = [...ownAdapter.keys()].map((name) => `whole/${name}`);
    expect(author.compile(files, pageCompilerOptions())).toBe("");
  });

  it("passes the suite", () => {
    // The example passes the whole of it where it stands, so that every day those rules do here that the faults below break.
    const { status, output } = runSuite("whole", process.env.EVENTFOLD_SOAK ? "." : "rule (1|3|20):");
    expect(status, output).toBe(0);
    expect(output).toMatch(process.env.EVENTFOLD_SOAK ? /Tests {2}\d{3} passed/ : /Tests {2}\d{2} passed/);
  });

  it.each(ownFaults)("is said to break its rule, and how, when it $fault", (fault) => {
    const [rule = ""] = fault.broken.split(":");
    const folder = rule.replace(" ", "-");
    write(folder, withFault(fault));
    const { status, output } = runSuite(folder, `${rule}:`);
    expect(status, output).toBe(1);
    const [, message] = output.split(`Broken — ${fault.broken}\n`);
    expect(message, output).toMatch(fault.difference);
  });
});
