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
  /** `undefined` before the first load. */
  #projection: Projection<unknown, null> | undefined;

  constructor(options: LoadedStreamOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { projector, stream, snapshots, signal, stored } = this.#options;
    const before = this.#projection;
    const source = stored === undefined ? stream : watched(stream, stored, before?.lastSequenceNumber ?? 0);
    const start = before === undefined ? { snapshots, signal } : { from: before, signal };
    const loaded = await projector.project(source, start);
    this.#projection = loaded;
    const isInSnapshot = before === undefined && snapshots !== undefined && loaded.lastPosition !== undefined;
    if (isInSnapshot && stored?.found.length === 0) await this.#lookUp(stored, loaded);
  }

  /** A rival may have carried out the command since the stream was read. */
  async #lookUp(stored: CommandEvents, loaded: Projection<unknown, null>): Promise<void> {
    const { projector, stream, signal } = this.#options;
    await stored.lookUp(stream, signal);
    const last = stored.found.at(-1)?.position ?? EMPTY_STREAM_POSITION;
    if (last <= (loaded.lastPosition ?? EMPTY_STREAM_POSITION)) return;
    this.#projection = await projector.project(stream, { from: loaded, signal });
  }

  get state(): unknown {
    return this.#loaded.state;
  }

  stateAfter(events: readonly StoredEvent[]): unknown {
    return this.#options.projector.apply(this.#loaded, events).state;
  }

  get guard(): DecisionBasis["guard"] {
    return { condition: unchangedSince(this.#loaded) };
  }

  get #loaded(): Projection<unknown, null> {
    if (this.#projection === undefined) throw new TypeError("The stream has not been loaded.");
    return this.#projection;
  }
}

/** What is read of a stream. */
interface WatchedStream extends Pick<EventStream, "identifier" | "raw" | "scan"> {
  pages(options?: ScanOptions<AnyEvents>): AsyncIterable<readonly StoredEvent[]>;
}

/** The stream, whose events are looked at as they are read. That which was read last is read again, but not looked at again. */
function watched(stream: EventStream, stored: CommandEvents, after: number): WatchedStream {
  const see = (page: readonly StoredEvent[]) => {
    for (const event of page) if (event.sequenceNumber > after) stored.see(event);
  };
  return {
    identifier: stream.identifier,
    raw: () => stream.raw(),
    scan: (options) => stream.scan(options),
    pages: (options) => seenPages(stream.pages(options), see),
  };
}

/** The same pages, of which each is seen before it is given out: a generator would take several times as long. */
function seenPages(
  pages: AsyncIterableIterator<readonly StoredEvent[]>,
  see: (page: readonly StoredEvent[]) => void,
): AsyncIterable<readonly StoredEvent[]> {
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const step = await pages.next();
        if (step.done !== true) see(step.value);
        return step;
      },
      async return() {
        await pages.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}

/** @throws `TypeError` for what is no stream of a store. */
export function checkStream(stream: EventStream): void {
  if (stream?.identifier?.kind === "stream" && typeof stream.publish === "function") return;
  throw new TypeError("A command is carried out on a stream, store.stream({ category, stream }), or on a boundary.");
}
