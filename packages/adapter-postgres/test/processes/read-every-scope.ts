// Follows and scans every scope for a while. Prints the ids that each follower, and each scan, saw.
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";

const [connectionString = "", ms = "0"] = process.argv.slice(2);
const adapter = await PostgresEventStorageAdapter.open({ connectionString, maxConnections: 6 });
const store = new EventStore({ adapter });
const sources = {
  log: store.log(),
  "c0/": store.category("c0"),
  "c1/s1": store.stream({ category: "c1", stream: "s1" }),
};
const ending = AbortSignal.timeout(Number(ms));
const seen: { source: string; ids: string[] }[] = [];

await Promise.all(
  Object.entries(sources).flatMap(([source, events]) => [
    (async () => {
      const ids: string[] = [];
      seen.push({ source, ids });
      try {
        for await (const { id } of events.follow({ signal: ending })) ids.push(id);
      } catch (error) {
        if (error !== ending.reason) throw error;
      }
    })(),
    (async () => {
      while (!ending.aborted) {
        const read = await events.read();
        seen.push({ source, ids: read.map(({ id }) => id) });
        const latest = await events.latest();
        const behind = latest === undefined ? 0 : (await events.read()).findIndex(({ id }) => id === latest.id);
        if (behind === -1) throw new Error(`A scan of ${source} did not see what was the latest before it.`);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    })(),
  ]),
);
await adapter.close();
process.stdout.write(JSON.stringify(seen));
