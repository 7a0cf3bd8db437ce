import { eventStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { openJsonLines } from "../src/json-lines-adapter.ts";
import { freshFile } from "./fresh-file.ts";

eventStorageAdapterSuite(vitest, {
  name: "JSON lines",
  capabilities: { sharedStorage: false, transactions: false },
  lacks: ["storedTexts", "restore", "inspection"],
  concurrency: { writers: 4 }, // default: 16; here every publish waits for the disk by itself
  create: async () => {
    const { filename, dispose } = await freshFile();
    return { open: (settings) => openJsonLines({ filename, ...settings }), dispose };
  },
});
