/** One publish that may go out together with others. */
export interface WindowEntry {
  /** The streams it adds to. */
  readonly streams: readonly string[];
  /** Starts it. Called in the order of admission. */
  readonly publish: () => Promise<void>;
}

/** How much may be in flight. */
export interface PublishWindowOptions {
  readonly maxPublishes: number;
  /** Streams in flight, over all publishes; a publish of more goes out alone. */
  readonly maxStreams: number;
}

interface InFlight {
  readonly streams: readonly string[];
  readonly settled: Promise<void>;
}

/**
 * Keeps several publishes in flight, so that they share the store's commits, while each stream keeps its order: a publish
 * waits for those before it that add to one of its streams. So the order holds even where one fails, the program is
 * killed, and the rest is published by another run.
 *
 * The first failure stops the window: it is thrown by the next call, and nothing more is started.
 */
export class PublishWindow {
  readonly #options: PublishWindowOptions;
  readonly #inFlight: InFlight[] = [];
  readonly #busyStreams = new Set<string>();
  #failure: { readonly error: unknown } | undefined;

  constructor(options: PublishWindowOptions) {
    this.#options = options;
  }

  /** Starts a publish as soon as there is room and none before it is in its way. Await each call before the next. */
  async admit({ streams, publish }: WindowEntry): Promise<void> {
    while (this.#mustWait(streams)) await this.#settleOldest();
    this.#throwFailure();
    for (const stream of streams) this.#busyStreams.add(stream);
    this.#inFlight.push({ streams, settled: publish().catch((error: unknown) => this.#fail(error)) });
  }

  /** Waits for all that is in flight. */
  async drain(): Promise<void> {
    while (this.#inFlight.length > 0) await this.#settleOldest();
    this.#throwFailure();
  }

  #mustWait(streams: readonly string[]): boolean {
    if (this.#inFlight.length === 0) return false;
    if (this.#inFlight.length >= this.#options.maxPublishes) return true;
    if (this.#busyStreams.size + streams.length > this.#options.maxStreams) return true;
    return streams.some((stream) => this.#busyStreams.has(stream));
  }

  async #settleOldest(): Promise<void> {
    const oldest = this.#inFlight.shift();
    await oldest?.settled;
    for (const stream of oldest?.streams ?? []) this.#busyStreams.delete(stream);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
