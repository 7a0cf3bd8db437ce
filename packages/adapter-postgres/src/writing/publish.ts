import type { PreparedEvent, SaveRequest, SaveResult, StreamWrite } from "@eventfold/store";

/** A publish on its way: what is to be written, until when, and who waits for the outcome. */
export interface Publish {
  readonly writes: readonly StreamWrite[];
  /** About how many bytes it takes in a statement. */
  readonly bytes: number;
  /** When its writer stops waiting, in the milliseconds of `performance.now()`. */
  readonly deadlineMs: number;
  readonly resolve: (result: SaveResult | Promise<SaveResult>) => void;
  readonly reject: (error: unknown) => void;
}

const EVENT_OVERHEAD_BYTES = 120; // id, times, version, and the lengths of the fields.

/** About how many bytes the events of a publish take in a statement. */
export function bytesOf(writes: SaveRequest["writes"]): number {
  let bytes = 0;
  for (const write of writes) {
    bytes += 32 + write.category.length + write.stream.length;
    for (const event of write.events) bytes += bytesOfEvent(event);
  }
  return bytes;
}

/** About how many bytes one event takes in a statement. */
export function bytesOfEvent({ name, payload, metadata }: PreparedEvent): number {
  const metadataBytes = metadata === null ? 0 : Buffer.byteLength(metadata);
  return EVENT_OVERHEAD_BYTES + name.length + Buffer.byteLength(payload) + metadataBytes;
}

/** What tells streams apart: a control character separates the names, and no name may hold one. */
export function streamKeyOf({ category, stream }: Pick<StreamWrite, "category" | "stream">): string {
  return `${category}\u001f${stream}`;
}
