import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

/** Lets all servers that the tests of a project start begin on copies of files that are initialised once. */
export async function setup({ config }: TestProject): Promise<() => Promise<void>> {
  const templates = await mkdtemp(join(tmpdir(), "eventfold-templates-"));
  config.env.EVENTFOLD_POSTGRES_TEMPLATES = templates;
  return () => rm(templates, { recursive: true });
}
