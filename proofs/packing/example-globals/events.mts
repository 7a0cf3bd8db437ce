// What the examples of events take for granted: bank accounts, with their definitions, a schema, a store and keys.
import type { EventDefinitions, KeyStore } from "@eventfold/events";
import type { ProjectionStore } from "@eventfold/projections";
import type { EventStore, EventStream, StoredEvent } from "@eventfold/store";

interface SampleAccountEvents {
  readonly "account-opened": { readonly owner: string };
  readonly "money-deposited": { readonly amount: number };
}

interface SampleOrderEvents {
  readonly "order-placed": { readonly total: number };
}

interface SamplePaymentEvents {
  readonly "payment-taken": { readonly amount: number };
}

declare global {
  const z: typeof import("zod").z;
  const schema: import("zod").ZodObject<{ amount: import("zod").ZodNumber }>;
  const store: EventStore;
  const stream: EventStream<SampleAccountEvents>;
  const accountEvents: EventDefinitions<SampleAccountEvents>;
  const orderEvents: EventDefinitions<SampleOrderEvents>;
  const paymentEvents: EventDefinitions<SamplePaymentEvents>;
  const keyStore: KeyStore;
  const projectionStore: ProjectionStore;
  const signal: AbortSignal;
  const error: unknown;

  function handle(event: StoredEvent): void;
  function record(events: readonly StoredEvent[]): Promise<void>;
}
