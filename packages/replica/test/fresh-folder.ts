import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder for the files of one test, and what removes it. */
export async function freshFolder(): Promise<{ readonly path: string; readonly dispose: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "eventfold-replica-"));
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}

/** The path of a file in a folder that is removed after the test. */
export async function freshFile(name = "replica.db"): Promise<string> {
  const { path, dispose } = await freshFolder();
  onTestFinished(dispose);
  return join(path, name);
}
