import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type PackedPackage, packPackages } from "../src/packed-package.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly packedPackages: readonly PackedPackage[];
  }
}

/** Builds and packs the published packages once for all test files, and hands them what came of it. */
export async function setup(project: TestProject): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), "eventfold-packages-"));
  project.provide("packedPackages", await packPackages(directory));
  return () => rmSync(directory, { recursive: true });
}
