import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How many sections of pages the search of a built site can find. */
export function searchableSections(directory: string): number {
  const [file = ""] = globSync("assets/chunks/@localSearchIndex*.js", { cwd: directory });
  const [, count = "0"] = /"documentCount":(\d+)/.exec(readFileSync(join(directory, file), "utf8")) ?? [];
  return Number(count);
}
