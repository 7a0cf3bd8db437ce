import type { Evidence } from "./evidence.ts";
import { indexAfter } from "./stored-log.ts";

/** The positions that a stream's latest event may have had; −1 means an empty stream. */
export interface StreamWindow {
  readonly lowest: number;
  readonly highest: number;
}

interface NamedStream {
  readonly category: string;
  readonly stream: string;
}

/** The latest positions that a stream may have had at some moment of a span of time. */
export function windowOf(
  { log, known, proposersOf }: Evidence,
  { category, stream }: NamedStream,
  span: { readonly fromNs: number; readonly toNs: number },
): StreamWindow {
  const events = log.of({ kind: "stream", category, stream });
  const surely = events.findLast((event) => known.witnessOf(event, span.fromNs) !== undefined);
  const possibly = events.findLast(({ id }) => {
    const sent = proposersOf(id);
    return sent.length === 0 || sent.some(({ invokedAtNs }) => invokedAtNs < span.toNs);
  });
  return { lowest: surely?.position ?? -1, highest: possibly?.position ?? -1 };
}

/** The latest position of a stream just before a sequence number. */
export function positionBefore(
  { log }: Evidence,
  { category, stream }: NamedStream,
  sequenceNumber: number,
): StreamWindow {
  const events = log.of({ kind: "stream", category, stream });
  const position = events[indexAfter(events, sequenceNumber - 1) - 1]?.position ?? -1;
  return { lowest: position, highest: position };
}

/** All positions of a window, from the lowest. */
export function positionsIn({ lowest, highest }: StreamWindow): number[] {
  return Array.from({ length: Math.max(0, highest - lowest + 1) }, (_, index) => lowest + index);
}

/** A window in words. */
export function printWindow({ lowest, highest }: StreamWindow): string {
  const named = (position: number): string => (position === -1 ? "empty" : `at position ${position}`);
  return lowest === highest ? named(lowest) : `somewhere from ${named(lowest)} to ${named(highest)}`;
}
