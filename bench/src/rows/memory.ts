import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore, streamIsEmpty } from "@eventfold/store";
import type { Candidate, Row } from "../candidate.ts";
import { growthRow } from "../growth-row.ts";
import { type Load, timeBoxed } from "../load.ts";
import { emmettInMemory } from "../peers/emmett-in-memory.ts";
import { fill } from "../publishing.ts";
import { freshStream, sampleEvents } from "../sample-events.ts";

const ONE_AT_A_TIME: Load = { callers: 1, unitsPerCall: 1, forMs: 400 };

/** Publishes to a new store every time, which holds so many events already. */
function publishingAnew(name: string, stored = 0): Candidate {
  return {
    name,
    start: async () => ({
      async measure() {
        await using adapter = await MemoryEventStorageAdapter.open();
        const store = new EventStore({ adapter });
        await fill(store, stored);
        const events = sampleEvents(1);
        return await timeBoxed(ONE_AT_A_TIME, () =>
          store.stream({ category: "orders", stream: freshStream() }).publish({ events, condition: streamIsEmpty() }),
        );
      },
      dispose: async () => {},
    }),
  };
}

/** In memory. */
export const memoryRows: readonly Row[] = [
  {
    group: "memory",
    work: "memory, 1 publisher, one event each, new streams",
    unit: "events",
    candidates: [publishingAnew("eventfold"), emmettInMemory(ONE_AT_A_TIME)],
    targets: [{ against: "Emmett in memory", leastRatio: 5 }],
  },
  growthRow({
    group: "memory",
    work: "memory, 1 publisher",
    unit: "events",
    candidate: publishingAnew,
  }),
];
