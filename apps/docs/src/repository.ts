import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout: the pages' paths are relative to it. */
export const repositoryDirectory = fileURLToPath(new URL("../../../", import.meta.url));

/** Where the repository is read on the web. */
export const REPOSITORY_URL = "https://github.com/eventfold/eventfold";

/** Whether the repository has this file or folder. */
export function isInRepository(path: string): boolean {
  return existsSync(join(repositoryDirectory, path));
}

/** Whether the repository has a folder of this path. */
export function isFolder(path: string): boolean {
  return statSync(join(repositoryDirectory, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The text of a file of the repository. */
export function readRepositoryFile(path: string): string {
  return readFileSync(join(repositoryDirectory, path), "utf8");
}
