// Publishes two events at a time until the storage refuses; prints why, and how many events were acknowledged.
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { isEventfoldError } from "@eventfold/types";
import { preparedEvent, saveOf } from "../prepared-event.ts";

const adapter = await SqliteEventStorageAdapter.open({ filename: process.argv[2] ?? "" });
const payload = JSON.stringify("x".repeat(2_000));
let acknowledged = 0;
try {
  for (;;) {
    await adapter.storage.save(saveOf("growing", [preparedEvent({ payload }), preparedEvent({ payload })]));
    acknowledged += 2;
  }
} catch (error) {
  console.log(isEventfoldError(error) ? error.code : error);
}
console.log(acknowledged);
