import { consumeAll, projectionSubscription, type Subscription, subscription } from "@eventfold/processing";
import { projectorFor } from "@eventfold/projections";
import type { EventStore } from "@eventfold/store";
import type { Candidate } from "../candidate.ts";
import { timed } from "../load.ts";
import { freshStream } from "../sample-events.ts";
import type { ProcessedDatabase } from "./databases.ts";
import type { FilledLog } from "./filled-log.ts";

type AccountEvents = { deposited: { account: string; amount: number } };

const CATEGORY = "deposits";
const PER_STREAM = 1_000;
const BATCH = 1_000;

/** Stores deposits to many accounts in turn, in streams that have nothing to do with the accounts. */
export async function fillDeposits(
  store: EventStore,
  { count, accounts }: { readonly count: number; readonly accounts: number },
): Promise<void> {
  for (let stored = 0; stored < count; stored += PER_STREAM) {
    const events = Array.from({ length: PER_STREAM }, (_, n) => {
      return { name: "deposited", payload: { account: `account-${(stored + n) % accounts}`, amount: n } };
    });
    await store.stream({ category: CATEGORY, stream: freshStream() }).publish({ events });
  }
}

let projectors = 0;

/** A projector of one projection per account, of a new name. */
function accountProjector() {
  return projectorFor<{ deposits: number; balance: number }, AccountEvents>()({
    name: `account-${++projectors}`,
    source: "category",
    key: ({ payload }) => payload.account,
    initialState: () => ({ deposits: 0, balance: 0 }),
    handlers: {
      deposited: (state, { payload }) => ({ deposits: state.deposits + 1, balance: state.balance + payload.amount }),
    },
  });
}

/** Folds all of the log by a new projection subscription each time. */
export function foldingBehind(name: string, log: FilledLog): Candidate {
  return consuming(name, log, ({ store, projectionStore, events }) =>
    projectionSubscription({
      projector: accountProjector(),
      source: store.category<AccountEvents>(CATEGORY),
      projectionStore,
      transactions: events,
    }),
  );
}

/** Folds all of the log by hand: loads, folds and saves the projections of every batch. */
export function savingPerBatch(name: string, log: FilledLog): Candidate {
  return consuming(name, log, ({ store, projectionStore }) => {
    const projector = accountProjector();
    const source = store.category<AccountEvents>(CATEGORY);
    return subscription({
      name: projector.name,
      source,
      batchSize: BATCH,
      handleBatch: async (events) => {
        const ids = [...new Set(events.map(({ payload }) => payload.account))];
        const projections = projectionStore.of(projector);
        const before = await projections.loadMany({ ids, includeRemoved: true });
        const after = projector.applyMany(events, { source: source.identifier, projections: before });
        await projections.saveMany(after, { unchangedSince: before });
      },
    });
  });
}

function consuming(name: string, log: FilledLog, made: (database: ProcessedDatabase) => Subscription): Candidate {
  return {
    name,
    async start() {
      const database = await log.use();
      return {
        measure: () =>
          timed(async () => {
            await consumeAll(made(database), { storage: database.storage });
            return log.length;
          }),
        dispose: () => log.release(),
      };
    },
  };
}
