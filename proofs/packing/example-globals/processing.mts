// What the examples of processing take for granted: a store of events, where processing and projections are stored, mails to send, and
// accounts.
import type {} from "@eventfold/processing";
import type { ProjectionStore, Projector } from "@eventfold/projections";
import type { AnyEvents, EventCategory, EventStore, StoredEvent } from "@eventfold/store";

interface SampleEvents {
  readonly "user-registered": { readonly email: string };
}

interface SampleAccountEvents {
  readonly "account-opened": { readonly owner: string };
}

declare global {
  type UserEvents = SampleEvents;
  type AccountEvents = SampleAccountEvents;

  const store: EventStore;
  const accounts: EventCategory;
  const event: StoredEvent;
  const published: readonly StoredEvent<AnyEvents>[];
  const processingAdapter: import("@eventfold/processing").ProcessingStorageAdapter;
  const storage: import("@eventfold/processing").ProcessingStorageAdapter;
  const mails: import("@eventfold/processing").Subscription;
  const shop: {
    ordersAfter(
      position: number,
      options: { readonly signal: AbortSignal },
    ): AsyncIterable<readonly import("@eventfold/processing").ForeignMessage<string>[]>;
  };
  const mailer: { send(to: string, options?: { readonly signal?: AbortSignal }): Promise<void> };
  const accountProjector: Projector<{ readonly owner: string }, SampleAccountEvents>;
  const projectionStore: ProjectionStore;
  const locks: import("@eventfold/processing").LockManager;
  const services: import("@eventfold/processing").ServiceManager;
  const control: import("@eventfold/processing").ProcessingControl;
  const backoff: import("@eventfold/processing").Backoff;
  function report(options: { readonly signal: AbortSignal; readonly fencingToken: number }): Promise<void>;
  function sendReminders(options: { readonly signal: AbortSignal }): Promise<void>;
  function fetchRates(): Promise<ReadonlyMap<string, number>>;
  const lastRates: ReadonlyMap<string, number>;
  const signal: AbortSignal;
  const error: unknown;
}
