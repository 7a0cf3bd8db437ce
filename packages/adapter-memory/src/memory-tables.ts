import type { ProcessingTransaction } from "@eventfold/processing";
import type { ProjectionStorage } from "@eventfold/projections";
import { WakeUps } from "@eventfold/store/adapter";
import { MemoryKeyTable } from "./keys/memory-key-table.ts";
import { ProcessingTables } from "./processing/processing-tables.ts";
import { MemoryProjectionTable } from "./projections/memory-projection-table.ts";

/** What is in a database besides events: the same for all adapters that share it, however often they are opened. */
export class MemoryTables {
  readonly projections = new MemoryProjectionTable();
  /** The projections within each transaction, made when they are first asked for. */
  readonly projectionsWithin = new WeakMap<object, ProjectionStorage>();
  readonly processing = new ProcessingTables();
  /** Woken when processing has changed. */
  readonly processingChanges = new WakeUps();
  /** Processing within each transaction, made when it is first asked for. */
  readonly processingWithin = new WeakMap<object, ProcessingTransaction>();
  readonly keys = new MemoryKeyTable();
}
