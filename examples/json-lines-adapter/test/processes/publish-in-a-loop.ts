import { EventStore } from "@eventfold/store";
import { openJsonLines } from "../../src/json-lines-adapter.ts";

// Publishes three events at a time until it is killed, and says so each time that they are stored.
const store = new EventStore({ adapter: await openJsonLines({ filename: process.argv[2] ?? "" }) });
for (let n = 0; ; n += 1) {
  const events = Array.from({ length: 3 }, () => ({ name: "counted", payload: { n } }));
  await store.stream({ category: "numbers", stream: "all" }).publish({ events });
  process.stdout.write(`${n}\n`);
}
