import { writeFileSync } from "node:fs";

// Loaded into a process with `--import`: writes the most memory that was ever resident in it, in bytes, when it ends.
const file = process.env.PEAK_MEMORY_FILE;
if (file !== undefined) process.on("exit", () => writeFileSync(file, `${process.resourceUsage().maxRSS * 1024}`));
