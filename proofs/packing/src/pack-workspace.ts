import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packPackages } from "./packed-package.ts";
import { PACKED_FILE } from "./packed-workspace.ts";

// A process of its own, which builds and packs all packages into a folder and writes there what came of it.
const [directory = ""] = process.argv.slice(2);
const packed = await packPackages(directory);
writeFileSync(join(directory, "unfinished"), JSON.stringify({ packed }));
renameSync(join(directory, "unfinished"), join(directory, PACKED_FILE)); // at once, for those who wait for it
