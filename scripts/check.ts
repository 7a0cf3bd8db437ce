import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

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

const steps: readonly Step[] = [
  { name: "types", command: "tsc --noEmit -p tsconfig.json" },
  { name: "lint and format", command: "biome check --error-on-warnings" },
  {
    name: "dependencies",
    command: `depcruise --config dependency-cruiser.config.mjs ${roots.join(" ")}`,
  },
  { name: "unused code", command: "knip --no-config-hints" },
  // SQLite's is compared by a test of its adapter.
  { name: "generated SQL", command: "node packages/adapter-postgres/scripts/generate-migrations.ts --check" },
  { name: "documentation", command: "node scripts/check-documentation.ts" },
  { name: "packaging", command: "node proofs/packing/src/check-packages.ts" },
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

/** `pnpm check` runs every step, `pnpm check types` those whose name begins so. */
const chosen = steps.filter(({ name }) => name.startsWith(process.argv[2] ?? ""));
if (chosen.length === 0) throw new RangeError(`no such check; there are: ${steps.map(({ name }) => name).join(", ")}`);
for (const step of chosen) {
  const { succeeded, output, seconds } = await run(step);
  console.log(`${succeeded ? "✓" : "✗"} ${step.name} (${seconds.toFixed(1)} s)`);
  if (succeeded) continue;
  process.exitCode = 1;
  console.log(output.trimEnd());
}
