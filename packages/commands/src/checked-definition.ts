import type { AnyEvents, EventTable, StoredEvent } from "@eventfold/types";
import { checkedFunction, checkedFunctions, memberFault } from "./checked-functions.ts";

/** A function that decides a type of command, without its types. */
export type Decide = (command: unknown, state: unknown) => unknown;

/** A definition whose types the compiler has checked, without them: what the machinery works with. */
export interface CheckedDefinition {
  readonly name: string | undefined;
  readonly version: number | undefined;
  readonly events: EventTable<AnyEvents>;
  readonly initialState: () => unknown;
  readonly evolve: Readonly<Record<string, (state: unknown, event: StoredEvent) => unknown>>;
  readonly decide: ReadonlyMap<string, Decide>;
}

/** A definition from a caller without a compiler. */
export type GivenDefinition = { readonly [TMember in keyof CheckedDefinition]?: unknown };

/** @throws `TypeError` for what is not a definition of a decider. The name and the version are left to its projector. */
export function checkedDefinition(given: GivenDefinition): CheckedDefinition {
  if (typeof given !== "object" || given === null) throw new TypeError("A decider must be made from a definition.");
  const { name, version, events, initialState, evolve, decide } = given;
  if (typeof events !== "object" || events === null)
    throw memberFault("decider", "events", ["definitions, or an eventTable", events]);
  return {
    name: name as string | undefined,
    version: version as number | undefined,
    events,
    initialState: checkedFunction("decider", "initialState", initialState),
    evolve: Object.fromEntries(checkedFunctions("decider", "evolve", evolve)),
    decide: new Map(checkedFunctions<Decide>("decider", "decide", decide)),
  };
}
