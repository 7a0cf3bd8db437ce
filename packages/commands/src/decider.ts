import type { Projector, ReadingByDefinitions, WhereStorable } from "@eventfold/projections";
import type { EventStream } from "@eventfold/store";
import type { AnyEvents, EventName, EventTable, HasDefinedEvents, NewEvent, StoredEvent } from "@eventfold/types";
import type { AnyCommand } from "./command.ts";
import type { DecisionBoundary } from "./decision-boundary.ts";
import type { Executed, ExecuteOptions } from "./execute-options.ts";

/** Tells a reader of the compiler's message what an unnamed decider does not have. */
export interface RefusedWithoutName<TReason extends string> {
  readonly refusedBecause: TReason;
}

/** `T` for a decider with a name. */
export type WhereNamed<TName extends string | undefined, T> = [TName] extends [string]
  ? T
  : RefusedWithoutName<"the decider has no `name`">;

/** How a projector of defined events has them read; nothing for one of a plain table. */
export type ReadingWhereDefined<TEvents extends object> =
  HasDefinedEvents<TEvents> extends true ? ReadingByDefinitions<TEvents> : unknown;

/**
 * Decides commands on the state of a stream. Made by {@link defineDecider}; pure data and functions, to be used anywhere, by
 * many callers at once.
 */
export interface Decider<
  TState,
  TEvents extends object,
  TCommand extends AnyCommand,
  TName extends string | undefined = string | undefined,
> {
  readonly name: TName;
  /** The events that it is made for, as they were given to its definition. */
  readonly events: EventTable<TEvents>;
  /** The names of these events, in the order of the definition. */
  readonly eventNames: readonly EventName<TEvents>[];
  /** The types of its commands, in the order of the definition. */
  readonly commandTypes: readonly TCommand["type"][];
  /**
   * The projector with the same name, version, state and events, to keep its states as a read model. Where `events` are definitions it
   * brings them along, as one of `defineProjector` does.
   */
  readonly projector: WhereNamed<TName, Projector<TState, TEvents> & ReadingWhereDefined<TEvents>>;

  /** The state before any event. */
  readonly initialState: () => TState;

  /**
   * The state after an event. It is frozen, arrays and plain objects all the way down.
   *
   * @throws `UnhandledEventError` (`UNHANDLED_EVENT`) for an event without handler, `InvalidProjectionError`
   * (`INVALID_PROJECTION`) when a handler returns `undefined` or a promise.
   */
  readonly evolve: (state: TState, event: StoredEvent<TEvents>) => TState;

  /**
   * The events that a command leads to in a state. It freezes the state, so a decision that changes it throws a `TypeError`.
   *
   * @throws what the decider throws to refuse the command.
   * @throws `InvalidCommandError` (`INVALID_COMMAND`) for a command that it does not know, `InvalidDecisionError`
   * (`INVALID_DECISION`) when it returns anything but its events.
   */
  readonly decide: (command: TCommand, state: TState) => readonly NewEvent<TEvents>[];

  /**
   * Carries out a command on a stream: reads it, folds its events, decides, and publishes what was decided, on the condition
   * that nothing else was published there meanwhile. If something was, it reads that too and decides again, by default at most
   * 20 times. On a {@link DecisionBoundary} it does the same with the events that match its query, whatever their streams.
   *
   * With a `commandId`, a command whose events are stored is not decided again: its events are returned, with `isRepeat`. So
   * it is safe to repeat a call whose outcome is not known, at once or years later, in this process or another one.
   *
   * It costs one scan of the stream (with `snapshots`, of what came after the snapshot) or one read of the boundary, and one
   * publish. A `commandId` costs one look-up more, but none on a stream without `snapshots`.
   *
   * @returns the state after the command, and the events that it led to.
   * @throws what the decider throws to refuse the command, and errors of `evolve`.
   * @throws `InvalidCommandError` (`INVALID_COMMAND`), `InvalidNameError` (`INVALID_NAME`) for a bad `commandId`, `RangeError`
   * and `TypeError` for bad options: before anything is read.
   * @throws `InvalidDecisionError` (`INVALID_DECISION`) and `InvalidEventError` (`INVALID_EVENT`) for events that cannot be
   * published: nothing was stored.
   * @throws `UnmetWriteConditionError` (`UNMET_WRITE_CONDITION`), on a boundary `EventsMatchedError` (`EVENTS_MATCHED`), when
   * others published each time it tried.
   * @throws the signal's reason; and storage errors as `EventStream.publish` does: after `StorageUnavailableError` it is not
   * known whether the events are stored, so repeat the call with the same `commandId`.
   *
   * @example
   * ```ts
   * const { state, events } = await account.execute(stream, { type: "deposit", amount: 5 }, { commandId: "deposit-7" });
   * ```
   */
  readonly execute: (
    target: EventStream<TEvents> | DecisionBoundary<TEvents>,
    command: TCommand,
    options?: ExecuteOptions<WhereNamed<TName, WhereStorable<TState, null, unknown>>>,
  ) => Promise<Executed<TState, TEvents>>;
}

/** A decider whose types the compiler has checked, without them. */
export interface UntypedDecider {
  readonly name: string | undefined;
  readonly events: EventTable<AnyEvents>;
  readonly eventNames: readonly string[];
  readonly commandTypes: readonly string[];
  readonly projector: Projector<unknown>;
  /** As `Decider.decide`, for a command that was checked, in a state that its projector has made, which is frozen. */
  readonly decideIn: (state: unknown, command: AnyCommand) => readonly NewEvent[];
}
