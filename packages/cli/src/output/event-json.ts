import type { StoredEventText } from "@eventfold/store/adapter";

/**
 * An event as `printStoredEvent` writes it, from its texts as they are stored: nothing is read and written anew, so that no digit
 * is lost. Text that is not JSON is given as a string, for a line must stay a line of JSON.
 */
export function eventJson(event: StoredEventText): string {
  const { id, name, payload, metadata, version, observedAtMs, occurredAtMs, tags, category, stream } = event;
  const { position, sequenceNumber } = event;
  const observedAt = new Date(observedAtMs);
  const occurredAt = new Date(occurredAtMs);
  const head = JSON.stringify({ id, name }).slice(0, -1);
  const tail = JSON.stringify({
    version,
    observedAt,
    occurredAt,
    tags,
    category,
    stream,
    position,
    sequenceNumber,
  }).slice(1);
  return `${head},"payload":${checkedJson(payload)},"metadata":${checkedJson(metadata ?? "null")},${tail}`;
}

function checkedJson(text: string): string {
  try {
    JSON.parse(text);
    return text.replaceAll("\n", " "); // between its parts: inside a string JSON has no line breaks
  } catch {
    return JSON.stringify(text);
  }
}
