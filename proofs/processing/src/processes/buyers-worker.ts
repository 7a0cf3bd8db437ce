// Keeps the projections of buyers up to date until it is told to end, frozen, or killed.
import { EventBroker, projectionSubscription } from "@eventfold/processing";
import { buyerProjector } from "../sales.ts";
import { type DatabasePlace, openShared } from "../shared-database.ts";

/** What the worker is told: one argument, as JSON. */
export interface BuyersAssignment {
  readonly name: string;
  readonly leaseMs: number;
  readonly database: DatabasePlace;
  /** Whether projections and checkpoints are committed together. */
  readonly inTransactions: boolean;
}

const { name, leaseMs, database, inTransactions } = JSON.parse(process.argv.at(-1) ?? "") as BuyersAssignment;
const { adapter, sales, projectionStore, storage, close } = await openShared(database);
const transactions = inTransactions ? adapter : undefined;
const buyers = projectionSubscription({
  projector: buyerProjector,
  source: sales,
  projectionStore,
  partitions: 6,
  transactions,
});
const broker = new EventBroker({ name, leaseMs, storage, subscriptions: [buyers] });
await broker.start();
process.once("SIGTERM", () => void broker.stop());
await broker.done;
await close();
