import { on } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { EventText } from "@eventfold/store/adapter";
import { EventfoldError, isEventfoldError } from "@eventfold/types";
import { madeAhead } from "./ahead.ts";
import { type ArchiveEventsRequest, archiveEvents } from "./archive-events.ts";
import { restoreBatches } from "./restore-batches.ts";

/** What the thread that decodes says. Classes do not survive the way between threads, so an error comes in parts. */
export type DecodingMessage =
  | { readonly kind: "batch"; readonly events: readonly EventText[] }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly error: DecodingFailure };

/** An error of the library, and the members that its class adds. */
export interface DecodingFailure {
  readonly message: string;
  readonly code: string | undefined;
  readonly members: Readonly<Record<string, unknown>>;
}

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
  return file === undefined
    ? madeAhead(restoreBatches(archiveEvents(request, signal)))
    : batchesOfThread(new Worker(file, { workerData: request }), signal);
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

/** What can be sent of an error between threads. */
export function failureOf(error: unknown): DecodingFailure {
  const { message, ...members } =
    error instanceof Error ? { ...error, message: error.message } : { message: String(error) };
  return { message, code: isEventfoldError(error) ? error.code : undefined, members: withoutCauses(members) };
}

function withoutCauses(members: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => name !== "cause"));
}

function errorOf({ message, code, members }: DecodingFailure): Error {
  const error = code === undefined ? new Error(message) : new EventfoldError(message, { code });
  return Object.assign(error, members);
}
