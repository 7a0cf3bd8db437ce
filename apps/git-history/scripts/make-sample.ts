import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

// Bundles the history of this checkout's HEAD as the sample that the demo reads where there is no checkout.
const BUNDLE = join(import.meta.dirname, "../sample/history.bundle");

execFileSync("git", ["bundle", "create", BUNDLE, "HEAD"], { cwd: import.meta.dirname, stdio: "inherit" });
console.log(`${BUNDLE}: ${statSync(BUNDLE).size} bytes`);
