import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for the databases of one test, and what removes it. */
export async function freshFolder(): Promise<{ readonly path: string; readonly dispose: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "eventfold-sqlite-"));
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}
