import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore, streamIsEmpty } from "@eventfold/store";
import { sampleEvents } from "./sample-events.ts";
const adapter = await MemoryEventStorageAdapter.open();
const store = new EventStore({ adapter });
const events = sampleEvents(1);
for (let r = 0; r < 3; r++) {
const t = performance.now(); const N = 100000;
const c = process.cpuUsage();
for (let i = 0; i < N; i++) await store.stream({ category: "orders", stream: `s${r}-${i}` }).publish({ events, condition: streamIsEmpty() });
const d = process.cpuUsage(c);
console.log(N / (performance.now() - t) * 1000, "cpu us/publish", (d.user + d.system) / N);
}
