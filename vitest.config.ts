import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["eventfold-source"] },
  ssr: { resolve: { conditions: ["eventfold-source"] } },
  test: {
    include: ["{packages,proofs,apps}/*/test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
