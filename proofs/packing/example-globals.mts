// What the examples of documentation comments take for granted, besides everything that the packages export: what a reader
// knows without being told. It is compiled in the consumer project, against the packed packages.
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

interface SampleTransaction extends Transaction {
  readonly client: { prepare(sql: string): { run(...values: readonly unknown[]): unknown } };
}

declare global {
  const adapter: EventStorageAdapter<SampleTransaction> &
    Required<Pick<EventStorageAdapter<SampleTransaction>, "transaction">>;
  const store: EventStore;
  const accounts: EventCategory;
  const category: EventCategory;
  const log: EventLog;
  const stream: EventStream;

  const event: StoredEvent;
  const events: readonly NewEvent<AnyEvents>[];
  const opened: NewEvent<AnyEvents>;
  const invoice: { readonly number: string; readonly lines: readonly unknown[] };
  const sku: string;
  const checkpoint: number;
  const error: unknown;
  const signal: AbortSignal;

  function decide(latest: StoredEvent | undefined): readonly NewEvent<AnyEvents>[];
  function handle(event: StoredEvent): Promise<void>;
}
