// Publishes to one stream in competition with other processes, half of the time with a condition, and prints how many positions it won.
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { saveOf } from "../prepared-event.ts";

const [filename = "", rounds = ""] = process.argv.slice(2);
const adapter = await SqliteEventStorageAdapter.open({ filename });
let won = 0;
for (let position = 0; position < Number(rounds); position++) {
  const allowed = { positions: [position - 1], complement: false };
  const result = await adapter.storage.save(saveOf("contested", 1, { allowed }));
  if (result.kind === "stored") won++;
  await adapter.storage.save(saveOf("shared", 2));
}
await adapter.close();
console.log(won);
