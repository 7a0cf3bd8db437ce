import type { AnyProjector } from "@eventfold/operations";
import type { ProcessingStorageAdapter, Subscription } from "@eventfold/processing";
import type { ProjectionStorageAdapter } from "@eventfold/projections";
import type { EventStorageAdapter } from "@eventfold/store";

/** How the program wants a database opened. */
export interface ConfigOpening {
  /**
   * Hand it on to the adapter's `open`. `"check"`: the command only looks, and no schema is to be made or changed. `"apply"`:
   * the command is there to make changes.
   */
  readonly migrations: "apply" | "check";
}

/**
 * What the program works on when it is told so by `--config`. Each function is called at most once in a run, and only by
 * commands that need what it opens; the program closes what they return.
 */
export interface Config<TEvents extends EventStorageAdapter = EventStorageAdapter> {
  /** What the database is called in what the program prints. Default: that it is the database of the config. */
  readonly name?: string | undefined;
  /** Opens the events. */
  readonly events: (opening: ConfigOpening) => Promise<TEvents>;
  /** Opens the storage of projections, usually with `shareWith: events`. Default: none. */
  readonly projections?: ((events: TEvents, opening: ConfigOpening) => Promise<ProjectionStorageAdapter>) | undefined;
  /** Opens the storage of processing, usually with `shareWith: events`. Default: none. */
  readonly processing?: ((events: TEvents, opening: ConfigOpening) => Promise<ProcessingStorageAdapter>) | undefined;
  /** What streams can be folded with and which projections can be rebuilt. Default: none. */
  readonly projectors?: readonly AnyProjector[] | undefined;
  /**
   * The subscriptions of the application, or a function that makes them, from the events and from the projections that are kept
   * up to date: these are `undefined` where the config opens none, or their schema was never made. Default: none.
   */
  readonly subscriptions?:
    | readonly Subscription[]
    | ((events: TEvents, projections: ProjectionStorageAdapter | undefined) => readonly Subscription[])
    | undefined;
}

/**
 * Gives a config its types: make it the default export of `eventfold.config.ts`, and run commands with
 * `--config eventfold.config.ts` in place of a database.
 *
 * @example
 * ```ts
 * export default defineConfig({
 *   events: ({ migrations }) => SqliteEventStorageAdapter.open({ filename: "app.db", migrations }),
 *   projections: (events) => SqliteProjectionStorageAdapter.open({ shareWith: events }),
 *   projectors: [accountProjector],
 * });
 * ```
 */
export function defineConfig<TEvents extends EventStorageAdapter>(config: Config<TEvents>): Config<TEvents> {
  return config;
}
