// Publishes three events at a time, from eight publishers at once, and prints the ids of what was acknowledged.
import { writeSync } from "node:fs";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { preparedEvent } from "../prepared-event.ts";

const [filename = "", run = ""] = process.argv.slice(2);
const adapter = await SqliteEventStorageAdapter.open({ filename });
await Promise.all(Array.from({ length: 8 }, (_, publisher) => publishForEver(`${run}-${publisher}`)));

async function publishForEver(stream: string): Promise<never> {
  for (;;) {
    const events = [preparedEvent(), preparedEvent(), preparedEvent()];
    await adapter.save({ writes: [{ category: "things", stream, events, allowed: undefined }] });
    writeSync(1, `${events.map(({ id }) => id).join(" ")}\n`); // at once: the process is going to be killed
  }
}
