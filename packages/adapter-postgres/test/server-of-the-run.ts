import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

const script = fileURLToPath(new URL("./processes/serve-postgres.ts", import.meta.url));

/**
 * Starts one server for all files of a run that ask for one, unless `DATABASE_URL` names one that runs already. Each file
 * has databases of its own on it; those that crash, fill up or configure their server start a dedicated one.
 *
 * It is another process's, for vitest's own does not run the sources of the workspace.
 */
export async function setup({ config }: TestProject): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ["--conditions=eventfold-source", script], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...config.env },
  });
  const ended = once(child, "exit");
  const [connectionString] = await Promise.race([once(child.stdout, "data"), ended.then(failed)]);
  config.env.DATABASE_URL = String(connectionString);
  return async () => {
    child.stdin.end();
    await ended;
  };
}

function failed(): never {
  throw new Error("The server of the run did not start.");
}
