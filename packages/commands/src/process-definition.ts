import type { EventHandlers } from "@eventfold/projections";
import type { EventCategory, EventLog, EventStream } from "@eventfold/store";
import type { EventName, ReadPayload, StoredEvent, StoredEventOf } from "@eventfold/types";
import type { ProcessCommand } from "./process-command.ts";

/** What a process manager reads. */
export type ProcessSource<TEvents extends object> = EventLog<TEvents> | EventCategory<TEvents> | EventStream<TEvents>;

/** The commands that an event leads to: one, several, or none (`[]`). */
export type Reaction = ProcessCommand | readonly ProcessCommand[];

/** A function for each event that leads to commands. It is given the state of the process after the event. */
export type Reactions<TEvents extends object, TState> = {
  readonly [TName in EventName<TEvents>]?: (
    event: StoredEventOf<TName, ReadPayload<TEvents[TName]>>,
    state: TState,
  ) => Reaction;
};

/** How a process manager remembers. */
export type ProcessMemory<TEvents extends object, TState> =
  | {
      /**
       * The tag that all events of a process have, such as `order:7`; `undefined` when an event belongs to none, and is passed over.
       * The events that the process causes get it too. A pure function.
       */
      readonly processTag: (event: StoredEvent<TEvents>) => string | undefined;
      /** The state before any event of a process. */
      readonly initialState: () => TState;
      /** The state after an event of a process, for the events that matter. Pure and synchronous functions. */
      readonly evolve: Partial<EventHandlers<NoInfer<TState>, TEvents, readonly [], never>>;
    }
  | {
      readonly processTag?: undefined;
      readonly initialState?: undefined;
      readonly evolve?: undefined;
    };

/** What a process manager is made from; see {@link processManager}. */
export type ProcessDefinition<TEvents extends object, TState> = {
  /** The name of its subscription. The ids of its commands are made from it, so keep it. */
  readonly name: string;
  /** What it reads: the log, a category or a stream. */
  readonly source: ProcessSource<TEvents>;
  /**
   * What is done about events, by name. Pure and synchronous functions: they run again when an event is handled again, and must
   * then return the same commands in the same order.
   */
  readonly on: Reactions<TEvents, NoInfer<TState>>;
} & ProcessMemory<TEvents, TState>;
