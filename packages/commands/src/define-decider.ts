import { defineProjector, type Projection, type Projector, projectorFor } from "@eventfold/projections";
import type { AnyEvents, StoredEvent } from "@eventfold/types";
import { checkedDefinition, type GivenDefinition } from "./checked-definition.ts";
import { type AnyCommand, type CommandOf, checkCommand } from "./command.ts";
import { decidedEvents } from "./decided-events.ts";
import type { Decider, UntypedDecider } from "./decider.ts";
import type { DeciderDefinition, Decisions } from "./decider-definition.ts";
import { definitionsOf } from "./definitions-of.ts";
import { InvalidDecisionError } from "./errors/invalid-decision-error.ts";
import { executeOn, type TargetedCommand } from "./execute.ts";
import type { ExecuteOptions } from "./execute-options.ts";

/**
 * Makes a decider: what turns commands into events. `evolve` folds the events of a stream into the state that decisions need,
 * `decide` says which events a command leads to in that state. All of them are pure and synchronous functions.
 *
 * Everything is inferred: payloads from `events`, the state from `initialState`, and the commands from the parameters of the
 * functions in `decide`. A missing handler, an event that is not in the table and a command with other members do not compile.
 *
 * The testing kit takes it as it is: `specification(account).given(events).when(command).then(events)`.
 *
 * @throws `TypeError` for what a compiler would have refused; `InvalidNameError` (`INVALID_NAME`) for a bad name, `RangeError`
 * for a bad version.
 *
 * @example
 * ```ts
 * const account = defineDecider({
 *   events: eventTable<AccountEvents>(),
 *   initialState: () => ({ isOpen: false, balance: 0 }),
 *   evolve: {
 *     "account-opened": (state) => ({ ...state, isOpen: true }),
 *     "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
 *   },
 *   decide: {
 *     open: ({ owner }: { owner: string }, state) =>
 *       state.isOpen ? [] : { name: "account-opened", payload: { owner } },
 *     deposit: ({ amount }: { amount: number }, state) => {
 *       if (!state.isOpen) throw new Error("The account is closed.");
 *       return { name: "money-deposited", payload: { amount } };
 *     },
 *   },
 * });
 * ```
 */
export function defineDecider<
  TState,
  TEvents extends object,
  TDecisions extends Decisions<NoInfer<TState>, TEvents>,
  TName extends string | undefined, // a default would take the literal types from the names of decided events
>(
  definition: DeciderDefinition<TState, TEvents, TDecisions, TName>,
): Decider<TState, TEvents, CommandOf<TDecisions>, TName>;
export function defineDecider(given: GivenDefinition): object {
  const { name, version, events, initialState, evolve, decide } = checkedDefinition(given);
  const definitions = definitionsOf(events);
  const folding = { name: name ?? "decider", version, initialState, handlers: evolve };
  const projector: Projector<unknown> =
    definitions === undefined
      ? projectorFor<unknown, AnyEvents>()(folding)
      : defineProjector({ ...folding, events: definitions });
  const held = (state: unknown) => heldIn(projector, state);
  const knownNames = new Set(Object.keys(evolve));
  const decider: UntypedDecider = {
    name,
    events,
    eventNames: Object.freeze([...knownNames]),
    commandTypes: Object.freeze([...decide.keys()]),
    projector,
    decideIn(state, command) {
      return decidedEvents(decide.get(command.type)?.(command, state), knownNames, (reason) => {
        return new InvalidDecisionError({ decider: name, commandType: command.type, reason });
      });
    },
  };
  return Object.freeze({
    ...decider,
    decide(command: AnyCommand, state: unknown) {
      checkCommand(decider, command);
      return decider.decideIn(projector.apply(held(state), []).state, command);
    },
    initialState,
    evolve: (state: unknown, event: StoredEvent) => projector.apply(held(state), [event]).state,
    execute: (target: TargetedCommand["target"], command: AnyCommand, options: ExecuteOptions = {}) =>
      executeOn({ decider, target, command }, options),
  });
}

/** A state as a projection that has read nothing. Wherever it comes from makes no difference to its fold. */
function heldIn({ name, version }: Projector<unknown>, state: unknown): Projection<unknown, null> {
  return {
    id: name,
    name,
    source: { kind: "stream", category: name, stream: name },
    state,
    metadata: null,
    lastSequenceNumber: 0,
    projectorVersion: version,
  };
}
