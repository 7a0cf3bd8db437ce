import { type EventOutline, outlineOfText, visibleText } from "@eventfold/operations";
import type { StoredEventText } from "@eventfold/store/adapter";
import { printStreamName } from "../arguments/stream-name.ts";
import { jsonLines } from "./json-lines.ts";
import { numberText } from "./number-text.ts";
import type { Output } from "./output.ts";

/** An event as a block: what happened, where, when, and what it says. */
export function eventBlock(event: StoredEventText, output: Output): readonly string[] {
  const { payload, payloadLength, metadata, metadataLength, tags, version, id } = event;
  const { observedAt, occurredAt } = outlineOfText(event);
  const isLate = observedAt.getTime() !== occurredAt.getTime();
  const rows: readonly (readonly [label: string, lines: readonly string[]])[] = [
    ["id", [id]],
    ["occurred", [`${occurredAt.toISOString()}${isLate ? `, observed ${observedAt.toISOString()}` : ""}`]],
    ...(version === 1 ? [] : ([["version", [numberText(version)]]] as const)),
    ...(tags.length === 0 ? [] : ([["tags", [tags.map(visibleText).join(", ")]]] as const)),
    ["payload", jsonLines(payload, payloadLength)],
    ...(metadata === null ? [] : ([["metadata", jsonLines(metadata, metadataLength)]] as const)),
  ];
  return [
    `${output.paint("strong", visibleText(event.name))}  ${placeOf(event, output)}`,
    ...rows.flatMap(([label, lines]) =>
      lines.map((line, index) => `  ${padded(index === 0 ? label : "", output)}${line}`),
    ),
  ];
}

/** An event in a line: its number, when it occurred, where, and what happened. */
export function eventLine(event: EventOutline, output: Output): string {
  const time = output.paint("faint", event.occurredAt.toISOString());
  return `${time}  ${output.paint("strong", visibleText(event.name))}  ${placeOf(event, output)}`;
}

function placeOf(
  event: Pick<EventOutline, "category" | "stream" | "position" | "sequenceNumber">,
  output: Output,
): string {
  const place = output.paint(
    "faint",
    `position ${numberText(event.position)}, number ${numberText(event.sequenceNumber)}`,
  );
  return `${visibleText(printStreamName(event))}  ${place}`;
}

const LABEL_WIDTH = 10;

function padded(label: string, output: Output): string {
  return output.paint("faint", label.padEnd(LABEL_WIDTH));
}
