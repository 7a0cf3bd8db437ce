import { parentPort, workerData } from "node:worker_threads";
import { type ArchiveEventsRequest, archiveEvents } from "./archive-events.ts";
import { type DecodingMessage, failureOf } from "./decoded-batches.ts";
import { restoreBatches } from "./restore-batches.ts";

/**
 * What the thread runs that decodes an archive during an import. It sends a batch for each message that asks for one, and makes the
 * next meanwhile. Imported elsewhere, it does nothing.
 */
async function sendBatches(): Promise<void> {
  if (parentPort === null) return;
  const port = parentPort;
  const send = (message: DecodingMessage) => port.postMessage(message);
  let asked = 0;
  let hear = () => {};
  port.on("message", () => {
    asked += 1;
    hear();
  });
  try {
    for await (const events of restoreBatches(archiveEvents(workerData as ArchiveEventsRequest))) {
      if (asked === 0) await new Promise<void>((resolve) => (hear = resolve));
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

void sendBatches();
