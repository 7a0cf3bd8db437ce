import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { type PackedPackage, packPackages } from "./packed-package.ts";

/** What publint has to say about a package as published. */
async function publintFindings({ tarball, manifest }: PackedPackage): Promise<string[]> {
  const { messages } = await publint({ pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer }, strict: true });
  return messages.map((message) => formatMessage(message, manifest as never) ?? message.code);
}

/**
 * What are-the-types-wrong has to say. The packages are ESM only on purpose, and Node 22.12 can `require` them; the
 * resolution that knows no `exports` is not supported.
 */
async function typesFindings({ tarball }: PackedPackage): Promise<string[]> {
  const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
  if (!analysis.types) return ["ships no types"];
  return analysis.problems
    .filter((problem) => problem.kind !== "CJSResolvesToESM")
    .filter((problem) => !("resolutionKind" in problem && problem.resolutionKind === "node10"))
    .map((problem) => JSON.stringify(problem));
}

const directory = mkdtempSync(join(tmpdir(), "eventfold-packages-"));
try {
  for (const packed of await packPackages(directory)) {
    const findings = [...(await publintFindings(packed)), ...(await typesFindings(packed))];
    for (const finding of findings) console.log(`${packed.name}: ${finding}`);
    if (findings.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true });
}
