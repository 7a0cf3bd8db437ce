import type { Projection } from "@eventfold/projections";
import { type BoundaryChanged, type EventQuery, eventsMatch } from "@eventfold/store";
import type { AnyEvents, StoredEvent } from "@eventfold/types";
import type { CommandEvents } from "./command-events.ts";
import type { UntypedDecider } from "./decider.ts";
import type { DecisionBasis } from "./decision-basis.ts";
import type { DecisionBoundary } from "./decision-boundary.ts";
import { definitionsOf } from "./definitions-of.ts";

/** How a boundary is loaded. */
export interface LoadedBoundaryOptions {
  readonly decider: UntypedDecider;
  readonly boundary: DecisionBoundary<AnyEvents>;
  readonly signal: AbortSignal | undefined;
  /** Finds the events of the command; `undefined` for a command without an id. */
  readonly stored: CommandEvents | undefined;
}

/** A boundary and the state that its events fold to. Loading it again reads all of it. */
export class LoadedBoundary implements DecisionBasis {
  readonly #options: LoadedBoundaryOptions;
  readonly #query: EventQuery;
  #projection: Projection<unknown, null>;
  #changed: BoundaryChanged | undefined;

  constructor(options: LoadedBoundaryOptions) {
    const { decider, boundary } = options;
    this.#options = options;
    this.#query = withNames(boundary.query, decider.eventNames);
    this.#projection = decider.projector.initial(boundary.stream.identifier);
  }

  async load(): Promise<void> {
    const { boundary, signal, stored } = this.#options;
    const { after } = await this.#read();
    if (stored?.found.length !== 0) return;
    await stored.lookUp(boundary.stream, signal);
    const last = stored.found.at(-1)?.sequenceNumber ?? 0;
    if (last > after) await this.#read(); // a rival has carried out the command since
  }

  async #read(): Promise<BoundaryChanged> {
    const { decider, boundary, signal } = this.#options;
    const { store, stream, events: given = decider.events } = boundary;
    signal?.throwIfAborted();
    const definitions = definitionsOf(given);
    const { events, changed } = await store.boundary(this.#query, definitions && { events: definitions });
    this.#projection = decider.projector.apply(decider.projector.initial(stream.identifier), events);
    this.#changed = changed;
    return changed;
  }

  get state(): unknown {
    return this.#projection.state;
  }

  stateAfter(events: readonly StoredEvent[]): unknown {
    return this.#options.decider.projector.apply(this.#projection, events).state;
  }

  get guard(): DecisionBasis["guard"] {
    return { failIf: this.#changed };
  }
}

/** Events that the decider does not know cannot change what it decides. @throws `TypeError` for what is no query. */
function withNames(query: EventQuery, names: readonly string[]): EventQuery {
  const [first, ...rest] = eventsMatch(query).items.map((item) => ({ names, ...item }));
  return first === undefined ? query : eventsMatch(first, ...rest);
}
