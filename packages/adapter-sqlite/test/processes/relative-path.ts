// Opens a database by a relative path, works elsewhere, publishes, and publishes again once the file is gone.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { saveOf } from "../prepared-event.ts";

const [folder = ""] = process.argv.slice(2);
process.chdir(folder);
const adapter = await SqliteEventStorageAdapter.open({ filename: "relative.db" });
process.chdir("/");
const published = () =>
  adapter.storage.save(saveOf("a", 1)).then(
    ({ kind }) => kind,
    ({ code }) => code,
  );
console.log(await published());
rmSync(join(folder, "relative.db"));
console.log(await published());
await adapter.close();
