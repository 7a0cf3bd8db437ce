// Publishes to 8 streams for a while: without condition, with one, and to two streams at once. Prints the acknowledged ids.
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, ignoreUnmetCondition, unchangedSince } from "@eventfold/store";

const [connectionString = "", ms = "0"] = process.argv.slice(2);
const adapter = await PostgresEventStorageAdapter.open({ connectionString, maxConnections: 3, notifications: false });
const store = new EventStore({ adapter });
const acknowledged: string[] = [];
const end = performance.now() + Number(ms);

function someStream() {
  const number = Math.floor(Math.random() * 8);
  return { category: `c${number % 2}`, stream: `s${number}` };
}

const events = () =>
  Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => ({ name: "n", payload: process.pid }));

async function publishOnce(): Promise<void> {
  const kind = Math.random();
  const names = someStream();
  if (kind < 0.5) acknowledged.push(...(await store.stream(names).publish({ events: events() })).map(({ id }) => id));
  else if (kind < 0.8) {
    const stream = store.stream(names);
    const condition = unchangedSince(await stream.latest());
    const stored = await ignoreUnmetCondition(() => stream.publish({ events: events(), condition }));
    acknowledged.push(...(stored ?? []).map(({ id }) => id));
  } else {
    const other = { category: names.category === "c0" ? "c1" : "c0", stream: names.category === "c0" ? "s1" : "s2" };
    const stored = await store.publish([
      { ...names, events: events() },
      { ...other, events: events() },
    ]);
    acknowledged.push(...stored.flat().map(({ id }) => id));
  }
}

await Promise.all(
  Array.from({ length: 4 }, async () => {
    while (performance.now() < end) await publishOnce();
  }),
);
await adapter.close();
process.stdout.write(JSON.stringify(acknowledged));
