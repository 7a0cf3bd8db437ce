// Publishes inside a transaction, says so, and waits there forever: the test stops this process.
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";

const [connectionString = "", schema = ""] = process.argv.slice(2);
const adapter = await PostgresEventStorageAdapter.open({ connectionString, schema, transactionIdleTimeoutMs: 700 });
await adapter.transaction(async (tx) => {
  const stream = new EventStore({ adapter }).within(tx).stream({ category: "c", stream: "s" });
  await stream.publish({ events: [{ name: "frozen", payload: null }] });
  process.stdout.write("published\n");
  await new Promise(() => setInterval(() => {}, 1_000));
});
