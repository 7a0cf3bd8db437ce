// What the examples of replicas take for granted.
import type { Replica } from "@eventfold/replica";
import type { EventStorageAdapter, StoredEvent } from "@eventfold/store";

declare global {
  const adapter: EventStorageAdapter;
  const replica: Replica;
  const stored: StoredEvent;
  const error: unknown;
}
