import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { mutationTargets } from "./mutation-target.ts";
import { TEST_TIMEOUT_MS } from "./suites/test-timeout.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const target = mutationTargets.find(({ name }) => name === process.env.EVENTFOLD_MUTATION_TARGET);

/** What Stryker runs in its copy of the checkout: the tests of one target, with the same random data each time. */
export default defineConfig({
  root,
  resolve: {
    conditions: ["eventfold-source"],
    // The copy's `node_modules` are links to the checkout's, and lead to the code that is not changed.
    alias: [
      { find: /^@eventfold\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
      { find: /^@eventfold\/([^/]+)\/projections$/, replacement: `${root}packages/$1/src/projections` },
    ],
  },
  test: {
    include: [...(target?.tests ?? [])],
    isolate: false,
    env: { EVENTFOLD_SEED: "1" },
    setupFiles: ["proofs/mutation/src/fixed-seed.ts"],
    testTimeout: TEST_TIMEOUT_MS,
  },
});
