import type { StoredEventText, StoredTextsOptions } from "@eventfold/store/adapter";
import { type MemoryRecord, textsOf } from "./memory-record.ts";
import { windowOf } from "./record-window.ts";

const PAGE_SIZE = 256;
const PAGE_BYTES = 1_000_000;

/** Which texts are wanted, of those up to the last sequence number that may be shown. */
interface TextSearch extends StoredTextsOptions {
  readonly horizon: number;
}

/** The records as texts, in pages that are bounded by count and bytes. */
export function* textPages(
  records: readonly MemoryRecord[],
  { after, before, direction, limit = Number.POSITIVE_INFINITY, maxTextLength, horizon }: TextSearch,
): Generator<readonly StoredEventText[]> {
  const { start, end } = windowOf(records, { sequenceNumberAfter: after, sequenceNumberBefore: before }, horizon);
  const step = direction === "forwards" ? 1 : -1;
  let page: StoredEventText[] = [];
  let bytes = 0;
  let left = Math.min(limit, end - start);
  for (let index = step === 1 ? start : end - 1; left > 0; index += step, left -= 1) {
    const text = storedTextOf(records[index] as MemoryRecord, maxTextLength);
    page.push(text);
    bytes += text.payload.length + (text.metadata?.length ?? 0);
    if (page.length < PAGE_SIZE && bytes < PAGE_BYTES) continue;
    yield page;
    page = [];
    bytes = 0;
  }
  if (page.length > 0) yield page;
}

function storedTextOf(record: MemoryRecord, maxTextLength: number | undefined): StoredEventText {
  const { id, name, version, observedAtMs, occurredAtMs, tags, category, stream, position, sequenceNumber } = record;
  const { payload, metadata } = textsOf(record);
  return {
    id,
    name,
    category,
    stream,
    position,
    sequenceNumber,
    version,
    observedAtMs,
    occurredAtMs,
    tags,
    payload: beginningOf(payload, maxTextLength),
    metadata: metadata === null ? null : beginningOf(metadata, maxTextLength),
    payloadLength: Buffer.byteLength(payload),
    metadataLength: metadata === null ? 0 : Buffer.byteLength(metadata),
  };
}

/** The first code points of a text. */
function beginningOf(text: string, codePoints = Number.POSITIVE_INFINITY): string {
  if (text.length <= codePoints) return text;
  let end = 0;
  for (let count = 0; count < codePoints && end < text.length; count += 1) {
    end += (text.codePointAt(end) as number) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}
