import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

// Bundles this project's history as the sample that the demo reads where there is no checkout: up to the revision that is
// given, or to the last one before there was a sample, for a sample that held earlier ones would grow with each.
const PROJECT_ROOT = join(import.meta.dirname, "../../..");
const SAMPLE = "apps/git-history/sample/history.bundle";

function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: PROJECT_ROOT, encoding: "utf8" }).trim();
}

function lastWithoutSample(): string {
  const [first] = git("log", "--reverse", "--topo-order", "--diff-filter=A", "--format=%H", "--", SAMPLE).split("\n");
  return first ? `${first}^` : "HEAD";
}

const revision = git("rev-parse", process.argv[2] ?? lastWithoutSample());

// A bundle is fetched by the name of a ref.
git("update-ref", "refs/sample", revision);
git("bundle", "create", SAMPLE, "refs/sample");
git("update-ref", "-d", "refs/sample");
console.log(`${SAMPLE}: ${revision}, ${statSync(join(PROJECT_ROOT, SAMPLE)).size} bytes`);
