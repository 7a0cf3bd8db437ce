import type { ParkedEvent } from "@eventfold/processing";
import { parseCount } from "../arguments/count.ts";
import type { StreamNames } from "../arguments/stream-name.ts";
import { parkedLines } from "../output/parked-lines.ts";
import { openSubscription } from "../processing/opened-processing.ts";
import { STREAM_OPTION } from "../processing/parked-selection.ts";
import { defineCommand } from "../program/command.ts";

interface ParkedListOptions {
  readonly stream?: StreamNames;
  readonly limit?: number;
}

/** `eventfold parked list`. */
export const parkedList = defineCommand<ParkedListOptions>({
  name: "parked list",
  summary: "List the events of a subscription that could not be handled.",
  details: ["They come by sequence number, with their errors, which `parked show` shows as a whole."],
  needsDatabase: true,
  operands: [{ name: "subscription", description: "the name of the subscription" }],
  options: [STREAM_OPTION, { flags: "--limit <count>", description: "at most that many", parse: parseCount }],
  examples: [
    { line: "eventfold parked list sqlite:app.db welcome-mails", explanation: "Lists all of them." },
    {
      line: "eventfold parked list sqlite:app.db welcome-mails --json | jq -r .error | sort | uniq -c",
      explanation: "Counts how often each error occurred.",
    },
  ],
  exitCodes: { 3: "there is no such subscription" },
  run: async ({ open, operands: [name = ""], options, output, signal }) => {
    const { control } = await openSubscription(await open(), name);
    const { stream, limit = Number.POSITIVE_INFINITY } = options;
    let count = 0;
    for await (const parked of control.parked(name, stream)) {
      signal.throwIfAborted();
      if (count === limit) return;
      await output.print(parkedJson(parked), () => parkedLines(parked, output));
      count += 1;
    }
    if (count === 0) await output.remark("Nothing is parked.");
  },
});

/** A parked event as `--json` prints it. */
export function parkedJson({ subscription: _, parkedAtMs, ...parked }: ParkedEvent): object {
  return { ...parked, parkedAt: new Date(parkedAtMs) };
}
