// What the examples of the testing kit take for granted: an adapter of the reader's own with a directory for its files, and bank
// accounts with their decider, projector and store; and, where histories are judged, a server and a recording of `store`.
import type { Decider, ProcessManager } from "@eventfold/commands";
import type { ProcessingStorageAdapter, Subscription } from "@eventfold/processing";
import type { ProjectionStore, Projector } from "@eventfold/projections";
import type { QueryFunction } from "@eventfold/query";
import type {
  EventCategory,
  EventLog,
  EventStorageAdapter,
  EventStore,
  EventStream,
  NewEvent,
  StoredEvent,
} from "@eventfold/store";
import type { EventStorageSuiteOptions, OpenSettings, Random } from "@eventfold/testing";
import type { BrokerChaosOptions, ChaosBroker, DeliveryRecording } from "@eventfold/testing/delivery";
import type { Operation, RecordedStore, Recording } from "@eventfold/testing/history";
import type { PostgresTestServer } from "@eventfold/testing/postgres";

interface Account {
  readonly owner: string;
  readonly balance: number;
}

interface SampleEvents {
  readonly "account-opened": { readonly owner: string };
  readonly "money-deposited": { readonly amount: number };
}

interface SampleOrderEvents {
  readonly "order-placed": { readonly sku: string };
  readonly "payment-declined": Record<never, never>;
}

interface SampleStockEvents {
  readonly "stock-released": { readonly order: string };
}

declare global {
  const MyEventStorageAdapter: {
    open(options: OpenSettings & { readonly directory: string }): Promise<EventStorageAdapter>;
  };
  const adapter: EventStorageAdapter;
  const store: EventStore;
  const stream: EventStream;
  const log: EventLog;
  const events: readonly NewEvent[];
  const random: Random;
  const directory: string;
  const postgres: PostgresTestServer;
  const recording: Recording;
  const recorded: RecordedStore;
  const history: Recording["history"];
  const operation: Operation;
  const lines: string[];
  const mails: Subscription;
  const first: DeliveryRecording;
  const second: DeliveryRecording;
  const storage: ProcessingStorageAdapter;
  const script: URL;
  const publish: BrokerChaosOptions["publish"];
  function openMailsAt(directory: string): Promise<ChaosBroker>;
  const create: EventStorageSuiteOptions["create"];
  const initial: QueryFunction<readonly ["path"], "string">;

  type AccountEvents = SampleEvents;
  const account: {
    readonly initialState: Account;
    readonly evolve: (state: Account, event: StoredEvent<SampleEvents>) => Account;
    readonly decide: (command: { readonly deposit: number }, state: Account) => NewEvent<SampleEvents>[];
  };
  const accountProjector: Projector<Account, SampleEvents>;
  const fulfilment: ProcessManager<SampleOrderEvents>;
  const stocks: EventCategory<SampleStockEvents>;
  const stock: Decider<number, SampleStockEvents, { readonly type: "release"; readonly order: string }>;
  const projectionStore: ProjectionStore;

  const assert: typeof import("node:assert/strict");
  const fc: typeof import("fast-check");
  const pg: typeof import("pg");
  const sql: typeof import("drizzle-orm").sql;
  const mkdtemp: typeof import("node:fs/promises").mkdtemp;
  const readFile: typeof import("node:fs/promises").readFile;
  const rm: typeof import("node:fs/promises").rm;
  const writeFile: typeof import("node:fs/promises").writeFile;
  const join: typeof import("node:path").join;
  const tmpdir: typeof import("node:os").tmpdir;
}
