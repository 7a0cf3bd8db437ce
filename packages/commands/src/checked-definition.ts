import type { AnyEvents, EventTable, StoredEvent } from "@eventfold/types";

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
  if (typeof events !== "object" || events === null) throw faultOf("events", "definitions, or an eventTable", events);
  if (typeof initialState !== "function") throw faultOf("initialState", "a function", initialState);
  return {
    name: name as string | undefined,
    version: version as number | undefined,
    events,
    initialState: initialState as () => unknown,
    evolve: Object.fromEntries(functionsIn("evolve", evolve)),
    decide: new Map(functionsIn<Decide>("decide", decide)),
  };
}

function functionsIn<TFunction>(member: string, holder: unknown): [name: string, value: TFunction][] {
  if (typeof holder !== "object" || holder === null) throw faultOf(member, "an object of functions", holder);
  return Object.entries(holder).map(([name, value]) => {
    if (typeof value !== "function") throw faultOf(`${member}[${JSON.stringify(name)}]`, "a function", value);
    return [name, value];
  });
}

function faultOf(member: string, expected: string, got: unknown): TypeError {
  return new TypeError(`"${member}" of a decider must be ${expected}, got ${got === null ? "null" : typeof got}.`);
}
