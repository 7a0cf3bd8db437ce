// Publishes and reads until it is told to end, or killed.
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { runChaosWorker } from "@eventfold/testing/chaos";

await runChaosWorker(({ data }) => SqliteEventStorageAdapter.open({ filename: String(data) }));
