import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { workspaceDirectory } from "./packed-package.ts";

const page = "docs/write-your-own-adapter.md";
const example = "examples/json-lines-adapter";
const sources = readdirSync(join(workspaceDirectory, example, "src")).map((name) => `src/${name}`);

/** The files of the adapter that the page writes, by their places in its author's folder. The example keeps them in step with it. */
export const ownAdapter: ReadonlyMap<string, string> = new Map(
  [...sources, "test/event-storage-suite.test.ts", "test/fresh-file.ts"].map((file) => [
    file,
    readFileSync(join(workspaceDirectory, example, file), "utf8"),
  ]),
);

/** What the page tells its reader to give the compiler. */
export function pageCompilerOptions(): Readonly<Record<string, unknown>> {
  const text = readFileSync(join(workspaceDirectory, page), "utf8");
  const block = /^```json\n(?<json>[\s\S]*?)^```$/m.exec(text)?.groups?.json;
  if (block === undefined) throw new Error(`${page} shows no tsconfig.json.`);
  return (JSON.parse(block) as { readonly compilerOptions: Record<string, unknown> }).compilerOptions;
}

/** A mistake in the adapter, and what the suite has to tell its author. */
export interface OwnFault {
  /** What is wrong, as a sentence about the adapter. */
  readonly fault: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The title of a test that fails, which begins with the rule. */
  readonly broken: string;
  /** What it says was expected and came. */
  readonly difference: RegExp;
}

/** Mistakes that an author might make, each of which breaks another rule. */
export const ownFaults: readonly OwnFault[] = [
  {
    fault: "ignores the conditions of a publish",
    file: "src/json-lines-adapter.ts",
    find: "const result = await transaction.storage.save(request);",
    replace: `const writes = request.writes.map((write) => ({ ...write, allowed: undefined }));
          const result = await transaction.storage.save({ writes });`,
    broken: "rule 3: of many rivals with positionIs(k) exactly one wins, always",
    difference: /^winners among 4 rivals with {"kind":"position-is","position":0}: expected 1, got 4$/m,
  },
  {
    fault: "counts the positions that it shows from 1",
    file: "src/json-lines-adapter.ts",
    find: "yield page.slice(start, start + PAGE_SIZE);",
    replace: `yield page
        .slice(start, start + PAGE_SIZE)
        .map((event) => ({ ...event, position: event.position + 1 }));`,
    broken: "rule 1: events get the next positions from 0, in array order, and are returned so",
    difference: /^scan of the stream: .* index 0: expected .*\bposition: 0,.*, got .*\bposition: 1,/m,
  },
  {
    fault: "shows half of a publish when it is opened again",
    file: "src/json-lines-adapter.ts",
    find: "await file.append(result.events.flat());",
    replace: "await file.append(result.events[0]);",
    broken: "rule 20: what was acknowledged is there, unchanged, when the storage is opened again",
    difference:
      /^the events that are stored: .* expected .*category: 'together', stream: 'b', position: 0,.*, got the end$/m,
  },
];

/** The adapter with a mistake in it. Fails where the source is no longer the one that the mistake was made for. */
export function withFault({ file, find, replace }: OwnFault): ReadonlyMap<string, string> {
  const source = ownAdapter.get(file) ?? "";
  if (source.split(find).length !== 2) throw new Error(`${basename(file)} does not hold, once: ${find}`);
  return new Map([...ownAdapter, [file, source.replace(find, () => replace)]]);
}
