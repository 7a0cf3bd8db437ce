import { inlineHook } from "@eventfold/store";
import type { MemoryEventStorageAdapter } from "../src/index.ts";

declare const adapter: MemoryEventStorageAdapter;

inlineHook(adapter, {
  needsOrder: "stream",
  run: async ({ transaction }) => {
    await transaction.storage.latest({ kind: "log" });
    // @ts-expect-error memory has no client.
    transaction.client;
  },
});
