import { consumeAll, EventBroker, type EventContext, type Subscription, subscription } from "@eventfold/processing";
import type { Candidate } from "../candidate.ts";
import { timed } from "../load.ts";
import type { ProcessedDatabase } from "./databases.ts";
import type { FilledLog } from "./filled-log.ts";

const STUCK = 0;
let subscriptions = 0;

/** Consumes seven of eight partitions of a log, while the other one is stuck at its first event or goes on. */
export function besideOnePartition(
  name: string,
  log: FilledLog,
  { isStuck }: { readonly isStuck: boolean },
): Candidate {
  return {
    name,
    async start() {
      const database = await log.use();
      const events = await countOthers(database);
      return {
        measure: () => timed(() => consumeOthers(database, { events, isStuck })),
        dispose: () => log.release(),
      };
    },
  };
}

function inPartitions(
  { store }: ProcessedDatabase,
  handleEvent: (context: EventContext) => void | Promise<void>,
): Subscription {
  const name = `partitions-${++subscriptions}`;
  return subscription({
    name,
    source: store.log(),
    partitions: 8,
    handleEvent: (_, context) => handleEvent(context),
  });
}

async function countOthers(database: ProcessedDatabase): Promise<number> {
  let events = 0;
  const counting = inPartitions(database, ({ partition }) => {
    if (partition !== STUCK) events += 1;
  });
  await consumeAll(counting, { storage: database.storage });
  return events;
}

async function consumeOthers(
  database: ProcessedDatabase,
  { events, isStuck }: { readonly events: number; readonly isStuck: boolean },
): Promise<number> {
  const freed = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  let handled = 0;
  const consuming = inPartitions(database, ({ partition }) => {
    if (partition === STUCK) return isStuck ? freed.promise : undefined;
    handled += 1;
    if (handled === events) done.resolve();
    return undefined;
  });
  const broker = new EventBroker({ name: "node", storage: database.storage, subscriptions: [consuming] });
  await broker.start();
  await done.promise;
  freed.resolve();
  await broker.stop();
  return events;
}
