import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { PACKED_FILE, type PackingOutcome } from "../src/packed-workspace.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `packedPackagesIn` finds the packages. */
    readonly packedFolder: string;
  }
}

const script = fileURLToPath(new URL("../src/pack-workspace.ts", import.meta.url));

/** Begins to build and pack the published packages, once for all test files. Those of other projects need not wait for it. */
export function setup(project: TestProject): () => Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "eventfold-packages-"));
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const packing = execFile(process.execPath, [script, directory], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
    const outcome: PackingOutcome = { failure: `${error?.message}\n${stdout}${stderr}` };
    if (error !== null) writeFileSync(join(directory, PACKED_FILE), JSON.stringify(outcome));
    resolve();
  });
  project.provide("packedFolder", directory);
  return async () => {
    packing.kill();
    await ended;
    rmSync(directory, { recursive: true });
  };
}
