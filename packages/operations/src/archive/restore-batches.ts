import { type EventText, RESTORE_LIMIT_BYTES, RESTORE_LIMIT_EVENTS } from "@eventfold/store/adapter";

/** The events of pages in batches that `restore` takes, each as large as it may be. */
export async function* restoreBatches(
  pages: AsyncIterable<readonly EventText[]>,
): AsyncGenerator<readonly EventText[], void, undefined> {
  let batch: EventText[] = [];
  let bytes = 0;
  for await (const page of pages) {
    for (const event of page) {
      const size = bytesOf(event);
      if (batch.length === RESTORE_LIMIT_EVENTS || (batch.length > 0 && bytes + size > RESTORE_LIMIT_BYTES)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(event);
      bytes += size;
    }
  }
  if (batch.length > 0) yield batch;
}

function bytesOf({ payload, metadata }: EventText): number {
  return Buffer.byteLength(payload) + (metadata === null ? 0 : Buffer.byteLength(metadata));
}
