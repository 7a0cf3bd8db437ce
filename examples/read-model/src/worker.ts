import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { EventBroker, projectionSubscription } from "@eventfold/processing";
import { ProjectionStore, projectorFor } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";

type AccountEvents = { opened: { owner: string }; deposited: { amount: number } };

const accountProjector = projectorFor<{ owner: string; balance: number }, AccountEvents>()({
  name: "account",
  initialState: () => ({ owner: "", balance: 0 }),
  handlers: {
    opened: (state, { payload }) => ({ ...state, owner: payload.owner }),
    deposited: (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
  },
});

const [name = "worker-1", filename = "bank.db"] = process.argv.slice(2);
const adapter = await SqliteEventStorageAdapter.open({ filename });
const projections = await SqliteProjectionStorageAdapter.open({ shareWith: adapter });
const storage = await SqliteProcessingStorageAdapter.open({ shareWith: adapter });
const projectionStore = new ProjectionStore({ adapter: projections });
const source = new EventStore({ adapter }).category<AccountEvents>("accounts");

const accounts = projectionSubscription({ projector: accountProjector, source, projectionStore, partitions: 8 });
const broker = new EventBroker({ name, storage, subscriptions: [accounts], logger: console });
await broker.start();
process.once("SIGTERM", () => void broker.stop());
await broker.done;
