import { countParked } from "@eventfold/operations";
import type { ParkedSelection, ProcessingControl, RequestOutcome } from "@eventfold/processing";
import { parseSequenceNumber } from "../arguments/sequence-number.ts";
import { parseStreamName, STREAM_USAGE, type StreamNames } from "../arguments/stream-name.ts";
import { countText } from "../output/number-text.ts";
import type { CommandDefinition, CommandRun, OptionDefinition } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";
import { openSubscription } from "./opened-processing.ts";
import { tellOutcomes } from "./request-outcome.ts";

/** The options by which commands take some of what is parked. */
interface SelectionOptions {
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
const SELECTION_OPTIONS: readonly OptionDefinition[] = [
  { flags: "--event <number>", description: "only the event of this sequence number", parse: parseSequenceNumber },
  STREAM_OPTION,
];

/**
 * What of the parked events is meant. Default: all.
 *
 * @throws `Failure` for an event and a stream at once.
 */
function parkedSelection({ event, stream }: SelectionOptions): ParkedSelection {
  if (event !== undefined && stream !== undefined) {
    throw new Failure("Give --event or --stream, not both.", { exitCode: EXIT_CODES.usage });
  }
  if (event !== undefined) return { kind: "event", sequenceNumber: event };
  return stream === undefined ? { kind: "all" } : { kind: "stream", ...stream };
}

/** What a command asks for about parked events. */
interface ParkedRequest {
  /** Says to the person what would be done to so many. */
  readonly consequence: (count: string) => string;
  readonly ask: (
    control: ProcessingControl,
    subscription: string,
    selection: ParkedSelection,
  ) => Promise<readonly RequestOutcome[]>;
}

/** What all commands that ask for something about parked events have in common. */
export const ON_PARKED = {
  needsDatabase: true,
  operands: [{ name: "subscription", description: "the name of the subscription" }],
  options: SELECTION_OPTIONS,
  confirms: true,
  exitCodes: { 3: "there is no such subscription, or nothing is parked that it would be for" },
} as const satisfies Partial<CommandDefinition<SelectionOptions>>;

/** Asks for something about the selected events, once the person has agreed, who is told how many they are. */
export function runOnParked({ consequence, ask }: ParkedRequest): CommandDefinition<SelectionOptions>["run"] {
  return async ({ open, operands: [name = ""], options, output, confirm }: CommandRun<SelectionOptions>) => {
    const selection = parkedSelection(options);
    const { control, processing } = await openSubscription(await open(), name);
    const count = (await countParked(processing, { subscription: name, selection })) ?? 0;
    if (count === 0) {
      throw new Failure(`Nothing of ${JSON.stringify(name)} is parked that this would be for.`, {
        exitCode: EXIT_CODES.notFound,
      });
    }
    await confirm({ consequence: consequence(`${countText(count, "parked event")} of ${JSON.stringify(name)}`) });
    await tellOutcomes(name, await ask(control, name, selection), output);
    return EXIT_CODES.ok;
  };
}
