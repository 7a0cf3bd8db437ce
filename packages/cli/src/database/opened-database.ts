import type { AnyProjector } from "@eventfold/operations";
import type { ProcessingStorageAdapter, Subscription } from "@eventfold/processing";
import type { ProjectionStorageAdapter } from "@eventfold/projections";
import type { EventStorageAdapter, EventStore } from "@eventfold/store";

/** How a database is opened. */
export interface OpeningOptions {
  /**
   * `"check"`, the default: a schema that is missing or old is refused, and a file that is not there is not made. `"apply"`:
   * the schema is made or brought up to date, and the file is made.
   */
  readonly migrations?: "apply" | "check" | undefined;
}

/** An open database, and what the config says about what is in it. */
export interface OpenedDatabase {
  /** As it is told: without any password. From outside, so not yet fit for a terminal. */
  readonly description: string;
  readonly events: EventStorageAdapter;
  /** Reads the events as they are stored, untranslated. */
  readonly store: EventStore;
  /** Empty without a config. */
  readonly projectors: readonly AnyProjector[];

  /**
   * Opens the storage of projections next to the events, once; `undefined` when there is none: their schema was never made, or
   * the config does not open one.
   */
  readonly projections: () => Promise<ProjectionStorageAdapter | undefined>;

  /** Opens the storage of processing in the same way. */
  readonly processing: () => Promise<ProcessingStorageAdapter | undefined>;

  /**
   * The subscriptions of the config, empty without one. A function that makes them is given the opened projections.
   *
   * @throws `Failure` when that function does.
   */
  readonly subscriptions: () => Promise<readonly Subscription[]>;

  readonly close: () => Promise<void>;

  /** Closes it after a failure: a file that was made for it is removed, if nothing was ever stored in its log. */
  readonly abandon: () => Promise<void>;
}

/** The adapters of one database, each opened when it is first asked for. */
export interface DatabaseAdapters {
  readonly description: string;
  readonly events: EventStorageAdapter;
  /** Removes what was made for it, once it is closed; `undefined` where that is nothing. */
  readonly removeNew?: (() => void) | undefined;
  /** `undefined` when the config opens none. */
  readonly openProjections: (() => Promise<ProjectionStorageAdapter>) | undefined;
  /** `undefined` when the config opens none. */
  readonly openProcessing: (() => Promise<ProcessingStorageAdapter>) | undefined;
}
