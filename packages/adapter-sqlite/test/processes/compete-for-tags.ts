// Publishes to a stream of its own unless another process was first in the round, and prints how many rounds it won.
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { preparedEvent, saveOf } from "../prepared-event.ts";

const [filename = "", name = "", rounds = ""] = process.argv.slice(2);
const adapter = await SqliteEventStorageAdapter.open({ filename });
let won = 0;
for (let round = 0; round < Number(rounds); round++) {
  const events = [preparedEvent({ name: "claimed", tags: [`round:${round}`, `by:${name}`] })];
  const items = [{ names: ["claimed"], tags: [`round:${round}`] }];
  const result = await adapter.storage.save({ ...saveOf(name, events), failIf: { items, after: 0 } });
  if (result.kind === "stored") won++;
}
await adapter.close();
console.log(won);
