import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MutationTarget, mutationTargets } from "./mutation-target.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const tool = fileURLToPath(new URL("../tool", import.meta.url));
const reports = join(root, "reports", "mutation");

/** What Stryker is told. One worker at a time: a mutant may eat a core, and two may eat the memory. */
function strykerOptions({ name, mutate }: MutationTarget): Record<string, unknown> {
  return {
    mutate,
    plugins: [join(tool, "node_modules/@stryker-mutator/vitest-runner/dist/src/index.js")],
    testRunner: "vitest",
    vitest: { configFile: "proofs/mutation/src/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    incremental: true,
    incrementalFile: `reports/mutation/${name}.incremental.json`,
    concurrency: 1,
    testRunnerNodeArgs: ["--max-old-space-size=2048"],
    timeoutMS: 3_000,
    timeoutFactor: 1.25,
    tempDirName: "reports/mutation/sandbox",
    ignorePatterns: ["reports", "bench", "apps", "docs", "tool", "dist"],
    reporters: ["clear-text", "progress-append-only", "json", "html"],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    jsonReporter: { fileName: `reports/mutation/${name}.json` },
    htmlReporter: { fileName: `reports/mutation/${name}.html` },
    allowConsoleColors: false,
  };
}

/** Stryker is not part of the workspace, so that nobody installs it who does not measure. */
function installTool(): void {
  if (existsSync(join(tool, "node_modules"))) return;
  console.error(`Installing Stryker in ${tool} …`);
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: tool,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm ci failed in ${tool}.`);
}

function run(target: MutationTarget, args: readonly string[]): void {
  const configFile = join(reports, `${target.name}.config.json`);
  writeFileSync(configFile, JSON.stringify(strykerOptions(target)));
  const stryker = join(tool, "node_modules/@stryker-mutator/core/bin/stryker.js");
  const { status } = spawnSync(process.execPath, [stryker, "run", configFile, ...args], {
    cwd: root,
    env: { ...process.env, EVENTFOLD_MUTATION_TARGET: target.name },
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}

// `pnpm mutation store --mutate packages/store/src/paging.ts`: one package, and what else Stryker should be told.
const [wanted, ...args] = process.argv.slice(2);
const chosen = mutationTargets.filter(({ name }) => wanted === undefined || name === wanted);
if (chosen.length === 0) {
  throw new RangeError(`no such target; there are: ${mutationTargets.map(({ name }) => name).join(", ")}`);
}
setPriority(constants.priority.PRIORITY_LOW);
mkdirSync(reports, { recursive: true });
installTool();
for (const target of chosen) run(target, args);
