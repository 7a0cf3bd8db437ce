import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/longest-first.ts";

/** What Node keeps of the sources that it stripped and compiled: tests start some two hundred processes that all load the same. */
const compiled = fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url));

/** What lets PostgreSQL servers begin on copies of files. */
const TEMPLATES = "packages/adapter-postgres/test/templates-of-the-run.ts";

/** The files that need a PostgreSQL server. They share one. */
const onPostgres = [
  "examples/boundaries/test/**/*.test.ts",
  "examples/order-fulfilment/test/on-databases.test.ts",
  "packages/adapter-postgres/test/**/*.test.ts",
  "packages/opentelemetry/test/on-postgres.test.ts",
  "packages/replica/test/on-postgres.test.ts",
  "packages/explorer/test/on-databases.test.ts",
  "packages/explorer/test/page.test.ts",
  "packages/cli/test/on-postgres/**/*.test.ts",
  "examples/hotel/test/**/*.test.ts",
  "proofs/commands/test/**/*.test.ts",
  "proofs/events/test/**/*.test.ts",
  "proofs/operations/test/**/*.test.ts",
  "proofs/projections/test/**/*.test.ts",
  "proofs/protection/test/**/*.test.ts",
  "proofs/processing/test/on-postgres.test.ts",
  "proofs/processing/test/exactly-once.test.ts",
  "proofs/processing/test/projection-processes.test.ts",
  "proofs/suite/test/source-bugs.test.ts",
  "apps/bank/test/on-databases/**/*.test.ts",
  "apps/bank/test/page.test.ts",
  "apps/git-history/test/command/postgres.test.ts",
];

/** `vitest --mode soak` runs the long proofs at full size; test authors read `process.env.EVENTFOLD_SOAK`. */
export default defineConfig(({ mode }) => {
  const isSoak = mode === "soak";
  return {
    resolve: { conditions: ["eventfold-source"] },
    ssr: { resolve: { conditions: ["eventfold-source"] } },
    test: {
      // Native modules and child processes want a process of their own, not a thread.
      pool: "forks",
      // One after another, files share a process and the modules that it has loaded: loading them anew took 0.4 s of processor time each.
      isolate: false,
      // Most files wait for a disk, a server, a child process or a time-out for two thirds of the time.
      maxWorkers: Math.min(8, 2 * availableParallelism()),
      sequence: { sequencer: LongestFirst },
      env: { ...(isSoak && { EVENTFOLD_SOAK: "1" }), NODE_COMPILE_CACHE: compiled },
      testTimeout: isSoak ? 3_600_000 : 60_000,
      hookTimeout: isSoak ? 3_600_000 : 60_000,
      reporters: ["default", ["json", { outputFile: "reports/tests.json" }]],
      projects: [
        {
          extends: true,
          test: {
            name: "workspace",
            include: ["{packages,examples,proofs,apps}/*/test/**/*.test.ts"],
            exclude: ["**/node_modules/**", "proofs/packing/**", ...onPostgres],
            globalSetup: [TEMPLATES],
          },
        },
        {
          extends: true,
          test: {
            name: "postgres",
            include: onPostgres,
            globalSetup: [TEMPLATES, "packages/adapter-postgres/test/server-of-the-run.ts"],
          },
        },
        {
          extends: true,
          test: {
            name: "packing",
            include: ["proofs/packing/test/**/*.test.ts"],
            testTimeout: 300_000, // whole suites of other runners are one test here
            globalSetup: [TEMPLATES, "proofs/packing/test/packed-workspace.ts"],
          },
        },
      ],
    },
  };
});
