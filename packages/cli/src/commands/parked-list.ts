import { visibleText } from "@eventfold/operations";
import { type ParkedEvent, ProcessingControl } from "@eventfold/processing";
import { parseCount } from "../arguments/count.ts";
import type { StreamNames } from "../arguments/stream-name.ts";
import type { OpenedDatabase } from "../database/opened-database.ts";
import { parkedLines } from "../output/parked-lines.ts";
import { openProcessing, openSubscription } from "../processing/opened-processing.ts";
import { STREAM_OPTION } from "../processing/parked-selection.ts";
import { defineCommand } from "../program/command.ts";

interface ParkedListOptions {
  readonly stream?: StreamNames;
  readonly limit?: number;
}

/** `eventfold parked list`. */
export const parkedList = defineCommand<ParkedListOptions>({
  name: "parked list",
  summary: "List the events that could not be handled.",
  details: [
    "They come subscription by subscription and by sequence number, with their errors, which `parked show` shows as a whole.",
  ],
  needsDatabase: true,
  operands: [{ name: "subscription", description: "only those of this subscription", isOptional: true }],
  options: [STREAM_OPTION, { flags: "--limit <count>", description: "at most that many", parse: parseCount }],
  examples: [
    { line: "eventfold parked list sqlite:app.db", explanation: "Lists all of them." },
    {
      line: "eventfold parked list sqlite:app.db welcome-mails --json | jq -r .error | sort | uniq -c",
      explanation: "Counts how often each error occurred.",
    },
  ],
  exitCodes: { 3: "there is no such subscription, or no processing in this database" },
  run: async ({ open, operands: [name], options, output, signal }) => {
    const { control, names } = await listedSubscriptions(await open(), name);
    const { stream, limit = Number.POSITIVE_INFINITY } = options;
    let count = 0;
    for (const subscription of names) {
      let countOfIt = 0;
      for await (const parked of control.parked(subscription, stream)) {
        signal.throwIfAborted();
        if (count === limit) return;
        const title = name === undefined && countOfIt === 0 ? [output.paint("strong", visibleText(subscription))] : [];
        await output.print(parkedJson(subscription, parked), () => [...title, ...parkedLines(parked, output)]);
        countOfIt += 1;
        count += 1;
      }
    }
    if (count === 0) await output.remark("Nothing is parked.");
  },
});

async function listedSubscriptions(database: OpenedDatabase, name: string | undefined) {
  if (name !== undefined) return { control: (await openSubscription(database, name)).control, names: [name] };
  const control = new ProcessingControl({ storage: await openProcessing(database) });
  const { subscriptions } = await control.status();
  return { control, names: subscriptions.map((each) => each.name) };
}

/** A parked event as `--json` prints it. */
export function parkedJson(subscription: string, { parkedAtMs, ...parked }: ParkedEvent): object {
  return { ...parked, subscription, parkedAt: new Date(parkedAtMs) };
}
