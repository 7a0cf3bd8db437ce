// Restores one batch after another, and prints a line for each, until it is killed.
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { BATCH_EVENTS, batchBehind } from "../restored-batch.ts";

const adapter = await SqliteEventStorageAdapter.open({ filename: process.argv[2] ?? "" });
for (let count = 0; ; count += BATCH_EVENTS) {
  await adapter.restore(batchBehind(count));
  console.log(count + BATCH_EVENTS);
}
