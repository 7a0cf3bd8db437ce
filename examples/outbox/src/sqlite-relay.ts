// Relays the outbox of an SQLite file: `node sqlite-relay.ts <name> <file> <url>`. Start several: one of them works.
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { runRelay } from "./run-relay.ts";
import { openSqliteOutbox } from "./sqlite-outbox.ts";

const [name = "relay-1", filename = "shop.db", url = "http://localhost:3000"] = process.argv.slice(2);
using outbox = openSqliteOutbox(filename);
await using storage = await SqliteProcessingStorageAdapter.open({ filename });
await runRelay({ name, storage, outbox, url });
