import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";

interface Step {
  readonly name: string;
  readonly command: string;
}

interface Outcome extends Step {
  readonly succeeded: boolean;
  readonly output: string;
  readonly seconds: number;
}

const roots = ["packages", "apps", "examples", "proofs", "bench", "scripts"].filter((root) => existsSync(root));

/** Beginning with what takes longest. */
const steps: readonly Step[] = [
  { name: "types", command: "tsc --noEmit -p tsconfig.json" },
  { name: "types of the bank's page", command: "tsc --noEmit -p apps/bank/tsconfig.page.json" },
  { name: "types of the explorer's page", command: "tsc --noEmit -p packages/explorer/tsconfig.page.json" },
  { name: "packaging", command: "node proofs/packing/src/check-packages.ts" },
  { name: "site", command: "node apps/docs/src/build.ts" },
  { name: "lint and format", command: "biome check --error-on-warnings" },
  {
    name: "dependencies",
    command: `depcruise --config dependency-cruiser.config.mjs ${roots.join(" ")}`,
  },
  { name: "documentation", command: "node scripts/check-documentation.ts" },
  { name: "unused code", command: "knip --no-config-hints" },
  // SQLite's is compared by a test of its adapter.
  { name: "generated SQL", command: "node packages/adapter-postgres/scripts/generate-migrations.ts --check" },
];

/** Runs one step and keeps what it prints: it is worth reading only when the step fails. */
function run(step: Step): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(step.command, { shell: true, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.once("close", (code) => {
      const seconds = (performance.now() - started) / 1000;
      resolve({ ...step, succeeded: code === 0, output: Buffer.concat(chunks).toString(), seconds });
    });
  });
}

/** `pnpm check` runs every step, as many at once as there are processors; `pnpm check types` those whose name begins so. */
const chosen = steps.filter(({ name }) => name.startsWith(process.argv[2] ?? ""));
if (chosen.length === 0) throw new RangeError(`no such check; there are: ${steps.map(({ name }) => name).join(", ")}`);

/** Takes steps from those that are left, one after another, and says how each went. */
async function runSteps(left: Iterator<Step>): Promise<void> {
  for (let next = left.next(); !next.done; next = left.next()) {
    const { name, succeeded, output, seconds } = await run(next.value);
    console.log(`${succeeded ? "✓" : "✗"} ${name} (${seconds.toFixed(1)} s)`);
    if (succeeded) continue;
    process.exitCode = 1;
    console.log(output.trimEnd());
  }
}

const left = chosen.values();
await Promise.all(Array.from({ length: availableParallelism() }, () => runSteps(left)));
