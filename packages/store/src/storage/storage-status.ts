import type { MigrationStatus } from "../adapter/schema-migration.ts";
import type { OrderingGuarantee } from "./ordering-guarantee.ts";

/** How many bytes something takes. */
export interface StorageSize {
  /** As the database calls it, without quotes: `eventfold_events`, `eventfold.events_pkey`. */
  readonly name: string;
  /** `file`: what belongs to no table, such as the write-ahead log or free pages. */
  readonly kind: "table" | "index" | "file";
  readonly bytes: number;
}

/** A count of events. */
export interface EventCount {
  readonly count: number;
  /** Whether it is what the database believes, which may be out of date, and not what was counted. */
  readonly isEstimate: boolean;
}

/** What a log is, how far it has come and how much space it takes. */
export interface StorageStatus {
  /** What stores it, with its version: `SQLite 3.53.0`. */
  readonly engine: string;
  readonly orderingGuarantee: OrderingGuarantee;
  /** The migrations of the log by version; those that are pending have no `appliedAt`. Empty where there is no schema. */
  readonly migrations: readonly MigrationStatus[];
  /** The highest sequence number of a stored event, of the library's own categories too; 0 when there is none. */
  readonly newestNumber: number;
  /**
   * The last sequence number that was given to an event, whether that was stored or not; `undefined` where the caller may not
   * know. It is never below `newestNumber`, unless the log is damaged.
   */
  readonly lastNumber: number | undefined;
  /** The number of events; `undefined` where finding out would take a walk through the log. */
  readonly events: EventCount | undefined;
  /** What takes space, of everything that is stored beside the log too, such as projections; the largest first. */
  readonly sizes: readonly StorageSize[];
}
