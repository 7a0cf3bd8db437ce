import { type Projector, projectorFor } from "@eventfold/projections";
import { type AnyEvents, checkedName, type StoredEvent } from "@eventfold/types";
import { checkedFunction, checkedFunctions, memberFault } from "./checked-functions.ts";
import type { ProcessSource } from "./process-definition.ts";

/** A definition of a process manager whose types the compiler has checked, without them. */
export interface CheckedProcess {
  readonly name: string;
  readonly source: ProcessSource<AnyEvents>;
  readonly on: ReadonlyMap<string, (event: StoredEvent, state: unknown) => unknown>;
  readonly memory: CheckedMemory | undefined;
}

/** How a process manager remembers what has happened in a process. */
export interface CheckedMemory {
  readonly tagOf: (event: StoredEvent) => string | undefined;
  /** The names of the events that change the state. */
  readonly names: readonly string[];
  readonly projector: Projector<unknown, AnyEvents, null, "log", "ignore">;
}

/** A definition from a caller without a compiler. */
export interface GivenProcess {
  readonly name?: unknown;
  readonly source?: unknown;
  readonly on?: unknown;
  readonly processTag?: unknown;
  readonly initialState?: unknown;
  readonly evolve?: unknown;
}

/** @throws `TypeError` for what is not a definition of a process manager, `InvalidNameError` for a bad name. */
export function checkedProcess(given: GivenProcess): CheckedProcess {
  if (typeof given !== "object" || given === null)
    throw new TypeError("A process manager must be made from a definition.");
  const name = checkedName("stream", given.name, "process manager");
  return {
    name,
    source: checkedSource(given.source),
    on: new Map(checkedFunctions("process manager", "on", given.on)),
    memory: checkedMemory(name, given),
  };
}

function checkedSource(source: unknown): ProcessSource<AnyEvents> {
  const { scan } = (source ?? {}) as { readonly scan?: unknown };
  if (typeof scan === "function") return source as ProcessSource<AnyEvents>;
  throw memberFault("process manager", "source", ["a stream, a category or the log of a store", source]);
}

function checkedMemory(name: string, { processTag, initialState, evolve }: GivenProcess): CheckedMemory | undefined {
  if (processTag === undefined && initialState === undefined && evolve === undefined) return undefined;
  const handlers = Object.fromEntries(
    checkedFunctions<(state: unknown, event: StoredEvent) => unknown>("process manager", "evolve", evolve),
  );
  return {
    tagOf: checkedFunction("process manager", "processTag", processTag),
    names: Object.keys(handlers),
    projector: projectorFor<unknown, AnyEvents>()({
      name,
      source: "log",
      id: () => name,
      onUnhandledEvent: "ignore",
      initialState: checkedFunction("process manager", "initialState", initialState),
      handlers,
    }),
  };
}
