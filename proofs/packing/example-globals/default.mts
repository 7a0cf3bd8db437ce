// What examples take for granted, besides everything that the packages export: what a reader knows without being told.

import type { EventDefinitions } from "@eventfold/events";
import type { KeyedProjector, Projector } from "@eventfold/projections";
import type {
  AnyEvents,
  EventCategory,
  EventLog,
  EventStorageAdapter,
  EventStore,
  EventStream,
  NewEvent,
  StoredEvent,
  Transaction,
} from "@eventfold/store";
import type { EventStorage, EventText, RestoreBatch, SaveRequest, StoredEventText } from "@eventfold/store/adapter";

interface SampleTransaction extends Transaction {
  readonly client: { prepare(sql: string): { run(...values: readonly unknown[]): unknown } };
}

type SampleAdapter = EventStorageAdapter<SampleTransaction>;

interface SampleEvents {
  readonly "account-opened": { readonly owner: string };
}

declare global {
  const accountProjector: Projector<{ readonly owner: string }, SampleEvents>;
  const ownerProjector: KeyedProjector<{ readonly accounts: number }, SampleEvents>;
  const adapter: SampleAdapter & Required<Pick<SampleAdapter, "transaction">>;
  const store: EventStore;
  const accountEvents: EventDefinitions<{ readonly "money-deposited": { readonly amount: number } }>;
  const accounts: EventCategory;
  const orders: EventCategory;
  const category: EventCategory;
  const log: EventLog;
  const stream: EventStream;

  const event: StoredEvent;
  const stored: StoredEvent;
  const events: readonly NewEvent<AnyEvents>[];
  const opened: NewEvent<AnyEvents>;
  const invoice: { readonly number: string; readonly lines: readonly unknown[] };
  const sku: string;
  const checkpoint: number;
  const error: unknown;
  const signal: AbortSignal;
  const request: SaveRequest;
  const options: { readonly migrations?: "apply" | "check" };

  const storage: EventStorage & Required<Pick<EventStorage, "storedTexts">>;
  const source: EventStorage;
  const target: SampleAdapter & Required<Pick<SampleAdapter, "restore">>;
  const page: readonly StoredEventText[];
  const text: StoredEventText;
  const batch: RestoreBatch;
  const newest: RestoreBatch["newest"];
  const first: EventText;
  const second: EventText;
  const third: EventText;

  function decide(latest: StoredEvent | undefined): readonly NewEvent<AnyEvents>[];
  function handle(event: StoredEvent): Promise<void>;
}
