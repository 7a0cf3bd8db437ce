import { on } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { EventText } from "@eventfold/store/adapter";
import { madeAhead } from "./ahead.ts";
import { type ArchiveEventsRequest, archiveEvents } from "./archive-events.ts";
import { type DecodingData, type DecodingMessage, type DecodingOrder, errorOf } from "./decoding-messages.ts";
import { eventsOf } from "./event-columns.ts";
import { restoreBatches } from "./restore-batches.ts";

/** How many batches the thread makes before the first of them is stored. */
const BATCHES_AHEAD = 2;

/**
 * Decodes an archive; while one batch is stored, the next is decoded. That is done in a thread of its own, because a database may store
 * synchronously, as SQLite does. Its code is found by the name of this package, as an application that is bundled into one
 * file may not have it: then this thread decodes, which takes longer and comes to the same.
 */
export class ArchiveDecoder {
  readonly #signal: AbortSignal | undefined;
  #thread: Worker | undefined;
  #messages: AsyncIterator<[DecodingMessage]> | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Lets the thread load its modules, before it is known what it is to decode. */
  start(): void {
    const file = fileOfThread();
    if (file === undefined || this.#thread !== undefined) return;
    const workerData: DecodingData = { isEventfoldDecoder: true };
    this.#thread = new Worker(file, { workerData });
    const ending = this.#signal === undefined ? { close: ["exit"] } : { close: ["exit"], signal: this.#signal };
    this.#messages = on(this.#thread, "message", ending) as AsyncIterator<[DecodingMessage]>;
  }

  /**
   * The events of an archive in batches that can be restored. Call it once.
   *
   * @throws as `archiveEvents` does; the signal's reason when it is aborted.
   */
  async *batches(request: ArchiveEventsRequest): AsyncGenerator<readonly EventText[], void, undefined> {
    this.start();
    if (this.#messages === undefined) {
      return yield* madeAhead(restoreBatches(archiveEvents(request, this.#signal)));
    }
    this.#order({ kind: "decode", request });
    for (let asked = 0; asked < BATCHES_AHEAD; asked++) this.#order({ kind: "more" });
    for (;;) {
      const message = await this.#nextMessage(this.#messages);
      if (message.kind === "end") return;
      if (message.kind === "failed") throw errorOf(message.error);
      yield eventsOf(message.events);
      this.#order({ kind: "more" });
    }
  }

  /** Ends the thread, whatever it is doing. */
  async dispose(): Promise<void> {
    await this.#thread?.terminate();
    await this.#messages?.return?.(); // not before: an error of the thread that nobody listens to would end the process
  }

  #order(order: DecodingOrder): void {
    this.#thread?.postMessage(order);
  }

  async #nextMessage(messages: AsyncIterator<[DecodingMessage]>): Promise<DecodingMessage> {
    try {
      const { done, value } = await messages.next();
      if (done !== true) return value[0];
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw error;
    }
    throw new Error("The thread that decodes the archive has ended before the archive.");
  }
}

function fileOfThread(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("@eventfold/operations/decoding-thread");
  } catch {
    return undefined; // it is not installed here, or this is not a module in a file
  }
}
