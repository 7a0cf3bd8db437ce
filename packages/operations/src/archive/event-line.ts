import type { EventText } from "@eventfold/store/adapter";
import { parseStoredEvent } from "@eventfold/types";
import { printTime } from "./time-text.ts";

/**
 * A stored event as one line of JSON, without a line break: what `printStoredEvent` writes of the event, made of its texts
 * without parsing them.
 *
 * @param event whose payload and metadata are as the library writes them, which `checkedEventText` makes sure of.
 */
export function printEventLine(event: EventText): string {
  const occurredAt = printTime(event.occurredAtMs);
  const observedAt = event.observedAtMs === event.occurredAtMs ? occurredAt : printTime(event.observedAtMs);
  return (
    `{"id":${quoted(event.id)},"name":${quoted(event.name)}` +
    `,"payload":${event.payload},"metadata":${event.metadata ?? "null"},"version":${event.version}` +
    `,"observedAt":"${observedAt}","occurredAt":"${occurredAt}"` +
    `,"tags":${event.tags.length === 0 ? "[]" : JSON.stringify(event.tags)}` +
    `,"category":${quoted(event.category)},"stream":${quoted(event.stream)}` +
    `,"position":${event.position},"sequenceNumber":${event.sequenceNumber}}`
  );
}

/** As `JSON.stringify` writes it, which takes three times as long for the names that most events have. */
function quoted(name: string): string {
  return PLAIN_NAME.test(name) ? `"${name}"` : JSON.stringify(name);
}

/** Printable ASCII without the quotation mark and the backslash. */
const PLAIN_NAME = /^[ !#-[\]-~]*$/;

/**
 * The texts of the event that a line holds. They are what the library writes, which the line need not be: it is if
 * {@link printEventLine} gives the same line again.
 *
 * @throws as `parseStoredEvent` does.
 */
export function parseEventLine(line: string): EventText {
  const { payload, metadata, observedAt, occurredAt, ...members } = parseStoredEvent(line);
  return {
    ...members,
    observedAtMs: observedAt.getTime(),
    occurredAtMs: occurredAt.getTime(),
    payload: JSON.stringify(payload),
    metadata: metadata === null ? null : JSON.stringify(metadata),
  };
}

/** The number of the event that a line holds, read from its end alone; `undefined` if the line does not end as it should. */
export function sequenceNumberOfLine(line: string): number | undefined {
  const start = line.lastIndexOf(SEQUENCE_NUMBER) + SEQUENCE_NUMBER.length;
  const sequenceNumber = Number(line.slice(start, -1));
  return Number.isSafeInteger(sequenceNumber) && sequenceNumber > 0 ? sequenceNumber : undefined;
}

const SEQUENCE_NUMBER = '"sequenceNumber":';
