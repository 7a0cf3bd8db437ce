// Opens a database and publishes once; prints what came of it.
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { isEventfoldError } from "@eventfold/types";
import { saveOf } from "../prepared-event.ts";

try {
  await using adapter = await SqliteEventStorageAdapter.open({ filename: process.argv[2] ?? "" });
  console.log((await adapter.storage.save(saveOf("a", 1))).kind);
} catch (error) {
  console.log(isEventfoldError(error) ? error.code : error);
}
