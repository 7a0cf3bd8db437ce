/**
 * What makes decisions: a state before any event, the state after each event, and the events that a command leads to. It
 * consists of plain functions: you need nothing of this library to write one.
 *
 * @example
 * ```ts
 * type AccountEvents = { "account-opened": { owner: string }; "money-withdrawn": { amount: number } };
 * type Account = { isOpen: boolean; balance: number };
 *
 * const account = {
 *   initialState: { isOpen: false, balance: 10 },
 *   evolve: (state: Account, event: StoredEvent<AccountEvents>): Account =>
 *     event.name === "account-opened" ? { ...state, isOpen: true } : { ...state, balance: state.balance - event.payload.amount },
 *   decide: (command: { withdraw: number }, state: Account): NewEvent<AccountEvents>[] => {
 *     if (command.withdraw > state.balance) throw new RangeError("overdrawn");
 *     return [{ name: "money-withdrawn", payload: { amount: command.withdraw } }];
 *   },
 * };
 * const decider: Decider<Account, { withdraw: number }, StoredEvent<AccountEvents>, NewEvent<AccountEvents>[]> = account;
 * ```
 */
export interface Decider<TState, TCommand, TEvent extends AnyDeciderEvent, TDecision> {
  /** The state before any event, or a function that makes it. */
  readonly initialState: NoInfer<TState> | (() => NoInfer<TState>);
  /** The state after an event. It is given complete stored events, but its type may ask for less. */
  readonly evolve: (state: TState, event: TEvent) => TState;
  /** The events that a command leads to: several, one, or none; or a promise of them. Throws to refuse the command. */
  readonly decide: (command: TCommand, state: TState) => TDecision;
}

/** The members that every event has. */
export interface AnyDeciderEvent {
  readonly name: string;
  readonly payload: unknown;
}

/** The events that a decision may contain. */
export type DecidedEvent<TDecision> =
  Awaited<TDecision> extends infer TAnswer
    ? TAnswer extends readonly (infer TEvent)[]
      ? Extract<TEvent, AnyDeciderEvent>
      : Extract<TAnswer, AnyDeciderEvent>
    : never;

/** A decision as a list of events. */
export function decidedEvents<TDecision>(decision: TDecision): readonly DecidedEvent<TDecision>[] {
  if (decision === undefined || decision === null) return [];
  return (Array.isArray(decision) ? decision : [decision]) as readonly DecidedEvent<TDecision>[];
}

/** The state before any event. */
export function initialStateOf<TState>(initialState: TState | (() => TState)): TState {
  return typeof initialState === "function" ? (initialState as () => TState)() : initialState;
}
