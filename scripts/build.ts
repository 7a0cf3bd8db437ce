import { spawnSync } from "node:child_process";

/** Builds every package that changed, in the order of their dependencies. Turbo reports nothing to anyone. */
const { status } = spawnSync("turbo", ["run", "build", ...process.argv.slice(2)], {
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  shell: process.platform === "win32",
  stdio: ["ignore", 2, 2],
});
process.exitCode = status ?? 1;
