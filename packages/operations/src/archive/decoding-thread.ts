import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type ArchiveEventsRequest, archiveEvents } from "./archive-events.ts";
import { type DecodingMessage, type DecodingOrder, failureOf, isDecodingData } from "./decoding-messages.ts";
import { columnsOf } from "./event-columns.ts";
import { restoreBatches } from "./restore-batches.ts";

/**
 * What a thread does that decodes an archive during an import: once it has heard which one, it sends a batch for each message that asks
 * for one, and makes the next one meanwhile. This module begins by itself where an import has started it; nobody else has a use
 * for it.
 *
 * @param port to the thread that stores; it is closed at the end.
 */
export function decodeAsOrdered(port: MessagePort): void {
  let asked = 0;
  let hear = () => {};
  const nextOrder = () =>
    new Promise<void>((resolve) => {
      hear = resolve;
    });
  port.on("message", (order: DecodingOrder) => {
    if (order.kind === "decode") void sendBatches(order.request);
    else asked += 1;
    hear();
  });

  async function sendBatches(request: ArchiveEventsRequest): Promise<void> {
    const send = (message: DecodingMessage) => port.postMessage(message);
    try {
      for await (const events of restoreBatches(archiveEvents(request))) {
        const columns = columnsOf(events);
        while (asked === 0) await nextOrder();
        asked -= 1;
        send({ kind: "batch", events: columns });
      }
      send({ kind: "end" });
    } catch (error) {
      send({ kind: "failed", error: failureOf(error) });
    } finally {
      port.close();
    }
  }
}

if (parentPort !== null && isDecodingData(workerData)) decodeAsOrdered(parentPort);
