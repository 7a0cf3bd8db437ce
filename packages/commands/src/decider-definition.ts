import type { EventHandlers } from "@eventfold/projections";
import type { EventTable, NewEvent } from "@eventfold/types";

/** What a command leads to: one event, several, or none (`[]`). */
export type Decision<TEvents extends object> = NewEvent<TEvents> | readonly NewEvent<TEvents>[];

/** A function for each type of command: from the command and the state to the events that it leads to. */
export type Decisions<TState, TEvents extends object> = {
  readonly [type: string]: (command: never, state: TState) => Decision<TEvents>;
};

/** What a decider is made from; see {@link defineDecider}. */
export interface DeciderDefinition<
  TState,
  TEvents extends object,
  TDecisions extends Decisions<NoInfer<TState>, TEvents>,
  TName extends string | undefined,
> {
  /** The events of its streams: what `defineEvents` makes, or `eventTable<AccountEvents>()` for a plain table. */
  readonly events: EventTable<TEvents>;
  /** The name of its projections and snapshots: at most 512 code points. Default: none, and it has neither. */
  readonly name?: TName | undefined;
  /** An integer of 1 or more; raise it whenever the same events would evolve to something else. Default: 1. */
  readonly version?: number | undefined;
  /** The state before any event. */
  readonly initialState: () => TState;
  /** The state after an event, for every event of the table. Pure and synchronous functions. */
  readonly evolve: EventHandlers<NoInfer<TState>, TEvents, readonly [], never>;
  /**
   * The events that a command leads to, for every type of command. Pure and synchronous functions: they may run several times
   * for one command. They throw to refuse it.
   */
  readonly decide: TDecisions;
}
