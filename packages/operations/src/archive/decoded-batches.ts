import { on } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { EventText } from "@eventfold/store/adapter";
import { madeAhead } from "./ahead.ts";
import { type ArchiveEventsRequest, archiveEvents } from "./archive-events.ts";
import { type DecodingData, type DecodingMessage, errorOf } from "./decoding-messages.ts";
import { restoreBatches } from "./restore-batches.ts";

/**
 * The events of an archive in batches that can be restored; while one is stored, the next is decoded. That is done in a
 * thread of its own, because a database may store synchronously, as SQLite does. Its code is found by the name of this package,
 * as an application that is bundled into one file may not have it: then this thread decodes, which takes longer and comes
 * to the same.
 *
 * @throws as `archiveEvents` does; the signal's reason when it is aborted.
 */
export function decodedBatches(
  request: ArchiveEventsRequest,
  signal?: AbortSignal,
): AsyncGenerator<readonly EventText[], void, undefined> {
  const file = fileOfThread();
  if (file === undefined) return madeAhead(restoreBatches(archiveEvents(request, signal)));
  const workerData: DecodingData = { eventfoldArchive: request };
  return batchesOfThread(new Worker(file, { workerData }), signal);
}

/** How many batches the thread makes before the first of them is stored. */
const BATCHES_AHEAD = 2;

async function* batchesOfThread(
  thread: Worker,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly EventText[], void, undefined> {
  try {
    for (let asked = 0; asked < BATCHES_AHEAD; asked++) thread.postMessage("more");
    const messages = on(thread, "message", signal === undefined ? { close: ["exit"] } : { close: ["exit"], signal });
    for await (const [message] of messages as AsyncIterable<[DecodingMessage]>) {
      if (message.kind === "end") return;
      if (message.kind === "failed") throw errorOf(message.error);
      yield message.events;
      thread.postMessage("more");
    }
    throw new Error("The thread that decodes the archive has ended before the archive.");
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await thread.terminate();
  }
}

function fileOfThread(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("@eventfold/operations/decoding-thread");
  } catch {
    return undefined; // it is not installed here, or this is not a module in a file
  }
}
