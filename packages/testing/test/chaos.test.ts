import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { runChaos } from "@eventfold/testing/chaos";
import { expect, it } from "vitest";

it("a run whose worker fails says why, with the seed, and keeps the histories", async () => {
  const failed: unknown = await runChaos({
    script: new URL("./processes/failing-worker.ts", import.meta.url),
    open: () => Promise.reject(new Error("There is nothing to read.")),
    workers: 1,
    seed: 7,
  }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Error);
  const { message } = failed as Error;
  expect(message).toContain("The worker worker-1 ended with 1:");
  expect(message).toContain("The storage of this worker is not to be opened.");
  expect(message).toContain("The seed was 7;");
  const folder = /the workers' histories are in (.+)\.$/.exec(message)?.[1] ?? "";
  expect(existsSync(folder)).toBe(true);
  await rm(folder, { recursive: true });
});
