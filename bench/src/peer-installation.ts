import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const benchFolder = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The folders with a lockfile of their own that hold what we are measured against. */
export type PeerFolder = "peers" | "peers-sqlite";

/**
 * Loads a module of a peer, and installs the peers first where that has not been done: they are no part of the
 * workspace, so that nobody compiles them who does not measure.
 */
export async function loadPeer<TModule>(folder: PeerFolder, name: string): Promise<TModule> {
  const root = join(benchFolder, folder);
  if (!existsSync(join(root, "node_modules"))) install(root);
  // The import has to stand in the peers' folder, for that is where Node looks from.
  const { load } = (await import(pathToFileURL(join(root, "load.js")).href)) as {
    load(name: string): Promise<TModule>;
  };
  return load(name);
}

function install(root: string): void {
  console.error(`Installing what eventfold is measured against, in ${root} …`);
  const { status } = spawnSync("npm", ["ci", "--legacy-peer-deps", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`npm ci failed in ${root}. Peers that compile need a C++ compiler and Python.`);
}
