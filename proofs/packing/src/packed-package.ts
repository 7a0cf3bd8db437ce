import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseTarGzip } from "nanotar";

/** What a package's manifest says once it is packed, as far as the proofs read it. */
interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A package as it would be published: the tarball, and what is inside. */
export interface PackedPackage {
  readonly name: string;
  readonly tarball: string;
  readonly files: readonly string[];
  readonly manifest: PackedManifest;
}

/** The checkout that the packages are packed from. */
export const workspaceDirectory = fileURLToPath(new URL("../../..", import.meta.url));

function runInWorkspace(command: string, args: readonly string[]): string {
  return execFileSync(command, args, {
    cwd: workspaceDirectory,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Reads a packed package back from its tarball. */
async function readPackedPackage(tarball: string): Promise<PackedPackage> {
  const entries = await parseTarGzip(readFileSync(tarball));
  const files = entries.filter(({ type }) => type === "file");
  const text = files.find((file) => file.name === "package/package.json")?.text;
  if (text === undefined) throw new Error(`${tarball}: no package.json inside`);
  const manifest = JSON.parse(text) as PackedManifest;
  return { name: manifest.name, tarball, files: files.map(({ name }) => name.replace(/^package\//, "")), manifest };
}

/**
 * Builds every published package and packs it into `directory`, as a release would.
 *
 * What did not change since the last build comes from turbo's cache.
 */
export async function packPackages(directory: string): Promise<readonly PackedPackage[]> {
  runInWorkspace(process.execPath, ["scripts/build.ts"]);
  const args = ["--recursive", "--filter", "./packages/*", "pack", "--json", "--pack-destination", directory];
  const packed = JSON.parse(runInWorkspace("pnpm", args)) as readonly { readonly filename: string }[];
  return Promise.all(packed.map(({ filename }) => readPackedPackage(filename)));
}

/** The named packages and all of ours that they depend on. */
export function withDependencies(
  names: readonly string[],
  available: readonly PackedPackage[],
): readonly PackedPackage[] {
  const found = new Set<PackedPackage>();
  const visit = (name: string): void => {
    const packed = available.find((each) => each.name === name);
    if (packed === undefined || found.has(packed)) return;
    found.add(packed);
    Object.keys({ ...packed.manifest.dependencies, ...packed.manifest.peerDependencies }).forEach(visit);
  };
  names.forEach(visit);
  return [...found];
}
