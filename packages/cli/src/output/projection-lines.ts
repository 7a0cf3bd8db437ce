import { visibleText } from "@eventfold/operations";
import type { Projection } from "@eventfold/projections";
import { printStreamName } from "../arguments/stream-name.ts";
import { jsonLines } from "./json-lines.ts";
import { numberText } from "./number-text.ts";
import type { Output } from "./output.ts";

/** A projection as a block: what it is of, how far it has read, and its state. */
export function projectionLines(projection: Projection, output: Output): readonly string[] {
  const { id, name, source, state, metadata, lastSequenceNumber, projectorVersion, isRemoved = false } = projection;
  const from =
    source.kind === "stream" ? printStreamName(source) : source.kind === "category" ? source.category : "the log";
  const title = `${output.paint("strong", visibleText(id))}  ${visibleText(name)} version ${numberText(projectorVersion)}`;
  const place = output.paint("faint", `of ${visibleText(from)}, up to number ${numberText(lastSequenceNumber)}`);
  return [
    `${title}  ${place}${isRemoved ? output.paint("warning", "  removed") : ""}`,
    ...indented(jsonOf(state)),
    ...(metadata === null ? [] : ["  metadata", ...indented(jsonOf(metadata))]),
  ];
}

function indented(json: string): readonly string[] {
  return jsonLines(json).map((line) => `  ${line}`);
}

/** A state may be anything that a projector makes, and JSON has no form for `undefined`. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
