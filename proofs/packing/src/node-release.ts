import { fileURLToPath } from "node:url";
import type { PackedPackage } from "./packed-package.ts";

/** A release of Node that the packages are tried on. */
export interface NodeRelease {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly executable: string;
}

function installed(alias: string): string {
  const file = process.platform === "win32" ? "./bin/node.exe" : "./bin/node";
  return fileURLToPath(new URL(file, import.meta.resolve(`${alias}/package.json`)));
}

/** The oldest release that packages may ask for, the oldest with Node-API 10 (better-sqlite3 13), and the repository's own. */
export const nodeReleases: readonly NodeRelease[] = [
  { name: "Node 22.12", major: 22, minor: 12, executable: installed("node-22-12") },
  { name: "Node 22.14", major: 22, minor: 14, executable: installed("node-22-14") },
  { name: "Node 24", major: 24, minor: 0, executable: process.execPath },
];

/** Whether each of the packages promises, by `engines`, to run on the release. */
export function isPromisedBy(packages: readonly PackedPackage[], { major, minor }: NodeRelease): boolean {
  return packages.every(({ name, manifest }) => {
    const range = /^>=(?<major>\d+)\.(?<minor>\d+)$/.exec(manifest.engines.node)?.groups;
    if (range === undefined)
      throw new Error(`${name}: expected engines.node as ">=22.12", got "${manifest.engines.node}"`);
    const [minimumMajor, minimumMinor] = [Number(range.major), Number(range.minor)];
    return major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
  });
}
