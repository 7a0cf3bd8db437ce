// What the examples of processing take for granted: a store of events, where processing is stored, and mails to send.
import type {} from "@eventfold/processing";
import type { AnyEvents, EventCategory, EventStore, StoredEvent } from "@eventfold/store";

interface SampleEvents {
  readonly "user-registered": { readonly email: string };
}

declare global {
  type UserEvents = SampleEvents;

  const store: EventStore;
  const accounts: EventCategory;
  const event: StoredEvent;
  const published: readonly StoredEvent<AnyEvents>[];
  const processingAdapter: import("@eventfold/processing").ProcessingStorageAdapter;
  const storage: import("@eventfold/processing").ProcessingStorageAdapter;
  const mails: import("@eventfold/processing").Subscription;
  const mailer: { send(to: string, options?: { readonly signal?: AbortSignal }): Promise<void> };
  const signal: AbortSignal;
  const error: unknown;
}
