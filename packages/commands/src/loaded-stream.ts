import type { Projection, Projector, SnapshotOptions } from "@eventfold/projections";
import { type EventStream, type ScanOptions, unchangedSince } from "@eventfold/store";
import { EMPTY_STREAM_POSITION } from "@eventfold/store/adapter";
import type { AnyEvents, StoredEvent } from "@eventfold/types";
import type { CommandEvents } from "./command-events.ts";
import type { DecisionBasis } from "./decision-basis.ts";

/** How a stream is loaded. */
export interface LoadedStreamOptions {
  readonly projector: Projector<unknown>;
  readonly stream: EventStream;
  readonly snapshots: SnapshotOptions | undefined;
  readonly signal: AbortSignal | undefined;
  /** Finds the events of the command; `undefined` for a command without an id. */
  readonly stored: CommandEvents | undefined;
}

/** A stream and the state that its events fold to. Loading it again goes on from there: only what is new is read. */
export class LoadedStream implements DecisionBasis {
  readonly #options: LoadedStreamOptions;
  #projection: Projection<unknown, null>;
  #isLoaded = false;

  constructor(options: LoadedStreamOptions) {
    this.#options = options;
    this.#projection = options.projector.initial(options.stream.identifier);
  }

  async load(): Promise<void> {
    const { projector, stream, snapshots, signal, stored } = this.#options;
    const start = this.#isLoaded ? { from: this.#projection } : { snapshots };
    const source = stored === undefined ? stream : watched(stream, stored, this.#projection.lastSequenceNumber);
    this.#projection = await projector.project(source, { ...start, signal });
    const isInSnapshot = !this.#isLoaded && snapshots !== undefined && this.#projection.lastPosition !== undefined;
    if (isInSnapshot && stored?.found.length === 0) await this.#lookUp(stored);
    this.#isLoaded = true;
  }

  /** A rival may have carried out the command since the stream was read. */
  async #lookUp(stored: CommandEvents): Promise<void> {
    const { projector, stream, signal } = this.#options;
    await stored.lookUp(stream, signal);
    const last = stored.found.at(-1)?.position ?? EMPTY_STREAM_POSITION;
    if (last <= (this.#projection.lastPosition ?? EMPTY_STREAM_POSITION)) return;
    this.#projection = await projector.project(stream, { from: this.#projection, signal });
  }

  get state(): unknown {
    return this.#projection.state;
  }

  stateAfter(events: readonly StoredEvent[]): unknown {
    return this.#options.projector.apply(this.#projection, events).state;
  }

  get guard(): DecisionBasis["guard"] {
    return { condition: unchangedSince(this.#projection) };
  }
}

/** What is read of a stream. */
interface WatchedStream extends Pick<EventStream, "identifier" | "raw" | "scan"> {
  pages(options?: ScanOptions<AnyEvents>): AsyncIterable<readonly StoredEvent[]>;
}

/** The stream, whose events are looked at as they are read. That which was read last is read again, but not looked at again. */
function watched(stream: EventStream, stored: CommandEvents, after: number): WatchedStream {
  return {
    identifier: stream.identifier,
    raw: () => stream.raw(),
    scan: (options) => stream.scan(options),
    async *pages(options) {
      for await (const page of stream.pages(options)) {
        for (const event of page) if (event.sequenceNumber > after) stored.see(event);
        yield page;
      }
    },
  };
}

/** @throws `TypeError` for what is no stream of a store. */
export function checkStream(stream: EventStream): void {
  if (stream?.identifier?.kind === "stream" && typeof stream.publish === "function") return;
  throw new TypeError("A command is carried out on a stream, store.stream({ category, stream }), or on a boundary.");
}
