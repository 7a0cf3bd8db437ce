import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type ArchiveEventsRequest, archiveEvents } from "./archive-events.ts";
import { type DecodingMessage, failureOf, isDecodingData } from "./decoding-messages.ts";
import { restoreBatches } from "./restore-batches.ts";

/**
 * What a thread does that decodes an archive during an import: it sends a batch for each message that asks for one, and makes the
 * next one meanwhile. This module begins by itself where an import has started it; nobody else has a use for it.
 *
 * @param port to the thread that stores; it is closed at the end.
 */
export async function sendDecodedBatches(port: MessagePort, request: ArchiveEventsRequest): Promise<void> {
  const send = (message: DecodingMessage) => port.postMessage(message);
  let asked = 0;
  let hear = () => {};
  port.on("message", () => {
    asked += 1;
    hear();
  });
  try {
    for await (const events of restoreBatches(archiveEvents(request))) {
      if (asked === 0) {
        await new Promise<void>((resolve) => {
          hear = resolve;
        });
      }
      asked -= 1;
      send({ kind: "batch", events });
    }
    send({ kind: "end" });
  } catch (error) {
    send({ kind: "failed", error: failureOf(error) });
  } finally {
    port.close();
  }
}

if (parentPort !== null && isDecodingData(workerData)) void sendDecodedBatches(parentPort, workerData.eventfoldArchive);
