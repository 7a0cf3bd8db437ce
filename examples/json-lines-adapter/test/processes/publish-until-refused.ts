import { EventStore, isEventfoldError } from "@eventfold/store";
import { openJsonLines } from "../../src/json-lines-adapter.ts";

// Publishes until the file cannot grow, then once more, and prints what came of it.
const store = new EventStore({ adapter: await openJsonLines({ filename: process.argv[2] ?? "" }) });
const stream = store.stream({ category: "notes", stream: "a" });
const codes: string[] = [];
let acknowledged = 0;
while (codes.length < 2) {
  const text = codes.length === 0 ? "x".repeat(5_000) : "short enough";
  try {
    await stream.publish({ events: [{ name: "noted", payload: { text } }] });
    acknowledged += 1;
  } catch (error) {
    codes.push(isEventfoldError(error) ? error.code : String(error));
  }
}
process.stdout.write(JSON.stringify({ acknowledged, codes, read: (await stream.read()).length }));
