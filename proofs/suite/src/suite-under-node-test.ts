import * as nodeTest from "node:test";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import { brokenAdapters } from "./broken-adapters.ts";
import { memorySuiteOptions } from "./memory-storage.ts";

// Run by `node --test`, with the fault of a broken adapter as argument or without: then the adapter is not broken.
const fault = process.argv[2];
const broken = brokenAdapters.find((each) => each.fault === fault);
const wrap = broken !== undefined && "wrap" in broken ? broken.wrap : undefined;

eventStorageAdapterSuite(nodeTest, { name: "the memory adapter under node:test", ...memorySuiteOptions(wrap) });
