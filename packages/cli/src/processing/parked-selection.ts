import type { ParkedSelection } from "@eventfold/processing";
import { parseSequenceNumber } from "../arguments/sequence-number.ts";
import { parseStreamName, STREAM_USAGE, type StreamNames } from "../arguments/stream-name.ts";
import { countText } from "../output/number-text.ts";
import type { OptionDefinition } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/** The options by which commands take some of what is parked. */
export interface SelectionOptions {
  readonly event?: number;
  readonly stream?: StreamNames;
}

/** The option by which commands take what is parked of a stream. */
export const STREAM_OPTION: OptionDefinition = {
  flags: "--stream <stream>",
  description: `only those of this stream: ${STREAM_USAGE}`,
  parse: parseStreamName,
};

/** The same, and the option for a single event. */
export const SELECTION_OPTIONS: readonly OptionDefinition[] = [
  { flags: "--event <number>", description: "only the event of this sequence number", parse: parseSequenceNumber },
  STREAM_OPTION,
];

/**
 * What of the parked events is meant. Default: all.
 *
 * @throws `Failure` for an event and a stream at once.
 */
export function parkedSelection({ event, stream }: SelectionOptions): ParkedSelection {
  if (event !== undefined && stream !== undefined) {
    throw new Failure("Give --event or --stream, not both.", { exitCode: EXIT_CODES.usage });
  }
  if (event !== undefined) return { kind: "event", sequenceNumber: event };
  return stream === undefined ? { kind: "all" } : { kind: "stream", ...stream };
}

/**
 * How many parked events a request is for, as a text.
 *
 * @throws `Failure` where it is for none.
 */
export function parkedCountText(count: number | undefined, subscription: string): string {
  if (count === undefined || count === 0) {
    throw new Failure(`Nothing of ${JSON.stringify(subscription)} is parked that this would be for.`, {
      exitCode: EXIT_CODES.notFound,
    });
  }
  return `${countText(count, "parked event")} of ${JSON.stringify(subscription)}`;
}
