import * as nodeTest from "node:test";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import { brokenAdapters } from "./broken-adapters.ts";
import { memorySuiteOptions } from "./memory-storage.ts";

// Run by `node --test`, with the fault of a broken adapter as argument or without: then the adapter is not broken.
const fault = process.argv[2];
const broken = brokenAdapters.find((each) => each.fault === fault);
const wrap = broken !== undefined && "wrap" in broken ? broken.wrap : undefined;

eventStorageAdapterSuite(nodeTest, {
  name: "the memory adapter under node:test",
  ...memorySuiteOptions(wrap),
  // What a runner can break: how tests are registered, timed and reported, as those that wait (3, 5, 7, 18, 19), that leave
  // promises behind (14), that fail with a difference (10), that refuse (22) and that are skipped (20).
  rules: [3, 5, 7, 10, 14, 18, 19, 20, 22, "transactions"],
});
