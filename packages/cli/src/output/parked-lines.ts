import { visibleText } from "@eventfold/operations";
import type { ParkedEvent } from "@eventfold/processing";
import { printStreamName } from "../arguments/stream-name.ts";
import { countText, numberText } from "./number-text.ts";
import type { Output } from "./output.ts";

/** A parked event in two lines: which it is and since when, and the beginning of its error. */
export function parkedLines(parked: ParkedEvent, output: Output): readonly string[] {
  const { sequenceNumber, isWholeStream, attempts, parkedAtMs, error } = parked;
  const facts = [
    countText(attempts, "try", "tries"),
    `since ${new Date(parkedAtMs).toISOString()}`,
    ...(isWholeStream ? ["the whole stream waits"] : []),
  ].join(", ");
  const place = `${output.paint("strong", `number ${numberText(sequenceNumber)}`)}  ${visibleText(printStreamName(parked))}`;
  const [firstLine = ""] = error.split("\n");
  return [`${place}  ${output.paint("faint", facts)}`, `  ${output.paint("bad", visibleText(firstLine))}`];
}
