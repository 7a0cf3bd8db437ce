import type { EventStore, StoredEvent } from "@eventfold/store";
import { someEvents } from "../observe/some-events.ts";
import type { SuiteSizes } from "../suite-sizes.ts";

/** What the writers report. */
export interface WritersListener {
  /** Called as soon as a publish has been acknowledged. */
  readonly onAcknowledged?: (events: readonly StoredEvent[]) => void;
}

/**
 * Many writers at once, over three categories of three streams, spread over the stores: single events, batches, and
 * publishes to two streams. Ends when the last publish is acknowledged.
 */
export async function writersOverManyStreams(
  stores: readonly EventStore[],
  { writers, repeats }: Pick<SuiteSizes, "writers" | "repeats">,
  { onAcknowledged = () => {} }: WritersListener = {},
): Promise<void> {
  const write = async (writer: number): Promise<void> => {
    const store = stores[writer % stores.length] as EventStore;
    for (let n = 0; n < repeats * 3; n += 1) {
      const entry = (shift: number) => ({
        category: `category-${(writer + shift) % 3}`,
        stream: `stream-${(n + shift) % 3}`,
        events: someEvents(1 + ((writer + n) % 3), n),
      });
      const stored = await store.publish(n % 4 === 0 ? [entry(0), entry(1)] : [entry(0)]);
      onAcknowledged(stored.flat());
      await new Promise(setImmediate); // readers get their turn, in memory too
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
}
