import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** `vitest --mode soak` runs the long proofs at full size; test authors read `process.env.EVENTFOLD_SOAK`. */
export default defineConfig(({ mode }) => {
  const isSoak = mode === "soak";
  return {
    resolve: { conditions: ["eventfold-source"] },
    ssr: { resolve: { conditions: ["eventfold-source"] } },
    test: {
      // Native modules and child processes want a process of their own, not a thread.
      pool: "forks",
      // With two cores the default is one: most files wait for a disk, a server or a child process half of the time.
      maxWorkers: Math.max(2, availableParallelism() - 1),
      env: isSoak ? { EVENTFOLD_SOAK: "1" } : {},
      testTimeout: isSoak ? 3_600_000 : 60_000,
      hookTimeout: isSoak ? 3_600_000 : 60_000,
      reporters: ["default", ["json", { outputFile: "reports/tests.json" }]],
      projects: [
        {
          extends: true,
          test: {
            name: "workspace",
            include: ["{packages,examples,proofs,apps}/*/test/**/*.test.ts"],
            exclude: ["**/node_modules/**", "proofs/packing/**"],
          },
        },
        {
          extends: true,
          test: {
            name: "packing",
            include: ["proofs/packing/test/**/*.test.ts"],
            globalSetup: ["proofs/packing/test/packed-workspace.ts"],
          },
        },
      ],
    },
  };
});
