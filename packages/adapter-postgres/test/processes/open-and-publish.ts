// Opens the log of the database given, publishes one event, and closes.
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";

const adapter = await PostgresEventStorageAdapter.open({ connectionString: process.argv[2] ?? "", maxConnections: 1 });
await new EventStore({ adapter })
  .stream({ category: "processes", stream: String(process.pid) })
  .publish({ events: [{ name: "started", payload: null }] });
await adapter.close();
