import { consumeAll, subscription } from "@eventfold/processing";
import type { Candidate } from "../candidate.ts";
import { timed } from "../load.ts";
import { checkedCount, type FilledLog } from "./filled-log.ts";

let subscriptions = 0;

/** Consumes all of the log with a handler that only counts, by a new subscription each time. */
export function catchingUp(name: string, log: FilledLog, partitions: number): Candidate {
  return {
    name,
    async start() {
      const { store, storage } = await log.use();
      return {
        measure: () =>
          timed(async () => {
            let handled = 0;
            const counting = subscription({
              name: `counting-${++subscriptions}`,
              source: store.log(),
              partitions,
              handleEvent: () => {
                handled += 1;
              },
            });
            await consumeAll(counting, { storage });
            return checkedCount(handled, log.length);
          }),
        dispose: () => log.release(),
      };
    },
  };
}

/** Scans the log to its end: what consuming it cannot be faster than. */
export function scanningThrough(name: string, log: FilledLog): Candidate {
  return {
    name,
    async start() {
      const { store } = await log.use();
      return {
        measure: () =>
          timed(async () => {
            let events = 0;
            for await (const _ of store.log().scan()) events += 1;
            return checkedCount(events, log.length);
          }),
        dispose: () => log.release(),
      };
    },
  };
}
