import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path for the file of one test, and what removes it. */
export async function freshFile(): Promise<{ readonly filename: string; readonly dispose: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "eventfold-json-lines-"));
  return { filename: join(folder, "events.jsonl"), dispose: () => rm(folder, { recursive: true }) };
}
