// What the examples of the PostgreSQL adapter take for granted.
import type { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import type { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import type { Checkpoint, PartitionLease } from "@eventfold/processing";
import type { Projection, ProjectionStore } from "@eventfold/projections";
import type { AnyEvents, EventStore, NewEvent } from "@eventfold/store";
import type { Pool, PoolClient } from "pg";

declare global {
  const adapter: PostgresEventStorageAdapter;
  const store: EventStore;
  const events: readonly NewEvent<AnyEvents>[];
  const projectionStore: ProjectionStore;
  const projection: Projection;
  const processing: PostgresProcessingStorageAdapter;
  const lease: PartitionLease;
  const checkpoint: Checkpoint;
  const pool: Pool;
  const client: PoolClient;
  const cartId: string;
  const orderId: string;

  const sql: typeof import("drizzle-orm").sql;
}
