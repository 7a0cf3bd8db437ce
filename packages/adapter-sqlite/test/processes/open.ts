// Opens a database when it is told to, so that many do so at the same moment, and publishes once.
import { once } from "node:events";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { saveOf } from "../prepared-event.ts";

const [filename = ""] = process.argv.slice(2);
console.log("ready");
await once(process.stdin, "data");
const adapter = await SqliteEventStorageAdapter.open({ filename });
await adapter.storage.save(saveOf("opened", 1));
await adapter.close();
process.exit(0);
