import type { KeyStorageAdapter } from "@eventfold/events";
import type { ProcessingStorageAdapter } from "@eventfold/processing";
import type { ProjectionStorageAdapter } from "@eventfold/projections";
import type { EventStorageAdapter } from "@eventfold/store";
import type { DatabaseAddress } from "./database-address.ts";

/** Where events are stored, open. */
export interface OpenStorage {
  readonly adapter: EventStorageAdapter;
  /** Opens the storage of projections next to the events. */
  readonly openProjections: () => Promise<ProjectionStorageAdapter>;
  /** Opens the storage of processing next to the events. */
  readonly openProcessing: () => Promise<ProcessingStorageAdapter>;
  /** Opens the storage of keys, apart from the events where it can be. */
  readonly openKeys: () => Promise<KeyStorageAdapter>;
  /** As it is told in a report: without any password. */
  readonly description: string;
  /** Closes the adapter, and ends what was started for it. */
  readonly close: () => Promise<void>;
}

/** How a database is opened. */
export interface OpenStorageOptions {
  /** What a path is relative to. */
  readonly directory: string;
  /** How long a publish may wait for the database, in milliseconds; a read may wait a second longer. Default: that of its adapter. */
  readonly writeTimeoutMs?: number | undefined;
}

/** A kind of database that events can be stored in. */
export interface DatabaseKind {
  /** What an address of it begins with. */
  readonly names: readonly string[];
  /** How its addresses are written. */
  readonly usages: readonly string[];
  /** What is wrong with an address of it, if anything. */
  readonly complaintAbout: (address: DatabaseAddress) => string | undefined;
  /** Loads its driver, which the others then do not need, and opens it. */
  readonly open: (address: DatabaseAddress, options: OpenStorageOptions) => Promise<OpenStorage>;
}
