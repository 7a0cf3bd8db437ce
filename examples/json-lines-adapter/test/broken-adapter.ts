import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import type { JsonLinesOptions, openJsonLines } from "../src/json-lines-adapter.ts";
import { freshFile } from "./fresh-file.ts";

const sources = new URL("../src/", import.meta.url);

/** A change to the adapter, as a difference of text: lines that begin with a space, `-` or `+`. */
function applied(source: string, difference: string): string {
  const lines = difference.split("\n").filter((line) => line !== "");
  const side = (marks: string): string =>
    lines.flatMap((line) => (marks.includes(line.charAt(0)) ? [`${line.slice(1)}\n`] : [])).join("");
  if (source.split(side(" -")).length !== 2) throw new Error(`The adapter does not hold, once:\n${side(" -")}`);
  return source.replace(side(" -"), () => side(" +"));
}

/** Runs tests of the suite, by title, against the adapter with a change; gives back the message of each that fails. */
export async function failuresOf(
  difference: string,
  isWanted: (title: string) => boolean,
): Promise<Map<string, string>> {
  const folder = new URL(`../broken/${process.pid}-${Date.now()}/`, import.meta.url);
  await mkdir(folder, { recursive: true });
  try {
    for (const name of await readdir(sources)) {
      const text = await readFile(new URL(name, sources), "utf8");
      const isChanged = name === "json-lines-adapter.ts";
      await writeFile(new URL(name, folder), isChanged ? applied(text, difference) : text);
    }
    const broken = (await import(fileURLToPath(new URL("json-lines-adapter.ts", folder)))) as {
      readonly openJsonLines: typeof openJsonLines;
    };
    return await failuresWith(broken.openJsonLines, isWanted);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function failuresWith(
  open: typeof openJsonLines,
  isWanted: (title: string) => boolean,
): Promise<Map<string, string>> {
  const tests = new Map<string, () => Promise<void>>();
  const it = Object.assign((title: string, body: () => Promise<void>) => tests.set(title, body), { skip: () => {} });
  eventStorageAdapterSuite(
    { describe: (_, body) => body(), it },
    {
      name: "broken",
      seed: 1,
      capabilities: { sharedStorage: false, transactions: false },
      lacks: ["storedTexts", "restore", "inspection"],
      concurrency: { writers: 4 },
      create: async () => {
        const { filename, dispose } = await freshFile();
        return { open: (settings) => open({ filename, ...settings } satisfies JsonLinesOptions), dispose };
      },
    },
  );
  const failures = new Map<string, string>();
  for (const [title, body] of tests) {
    if (!isWanted(title)) continue;
    await body().catch((error: Error) => failures.set(title, error.message));
  }
  return failures;
}
