import { readTexts, visibleLines } from "@eventfold/operations";
import type { StoredEventText } from "@eventfold/store/adapter";
import { parseSequenceNumber } from "../arguments/sequence-number.ts";
import type { OpenedDatabase } from "../database/opened-database.ts";
import { eventJson } from "../output/event-json.ts";
import { eventBlock } from "../output/event-lines.ts";
import { numberText } from "../output/number-text.ts";
import { parkedLines } from "../output/parked-lines.ts";
import { openSubscription } from "../processing/opened-processing.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";
import { parkedJson } from "./parked-list.ts";

const GREATEST_HASH = 0xffff_ffff;

/** `eventfold parked show`. */
export const parkedShow = defineCommand({
  name: "parked show",
  summary: "Show a parked event with its whole error.",
  details: ["An event with several keys may be parked once for each of them, and is then shown as often."],
  needsDatabase: true,
  operands: [
    { name: "subscription", description: "the name of the subscription" },
    { name: "number", description: "the sequence number of the event" },
  ],
  examples: [
    {
      line: "eventfold parked show sqlite:app.db welcome-mails 4711",
      explanation: "Shows the event, how often it was tried, and the error of the last try.",
    },
  ],
  exitCodes: { 3: "there is no such subscription, or that event is not parked" },
  run: async ({ open, operands: [name = "", number = ""], output }) => {
    const sequenceNumber = parseSequenceNumber(number);
    const { database, processing, stored } = await openSubscription(await open(), name);
    const after = sequenceNumber === 0 ? undefined : { sequenceNumber: sequenceNumber - 1, hash: GREATEST_HASH };
    const page = await processing.storage.listParked({ subscription: stored.id, of: undefined, after, limit: 100 });
    const found = page.filter((each) => each.sequenceNumber === sequenceNumber);
    if (found.length === 0) {
      throw new Failure(
        `The event of number ${numberText(sequenceNumber)} is not parked. \`eventfold parked list\` lists what is.`,
        {
          exitCode: EXIT_CODES.notFound,
        },
      );
    }
    const text = await textOf(database, sequenceNumber);
    for (const parked of found) {
      if (output.isJson) {
        const json = JSON.stringify(parkedJson(name, parked)).slice(0, -1);
        await output.printJson(`${json},"event":${text === undefined ? "null" : eventJson(text)}}`);
        continue;
      }
      await output.printLines([
        ...parkedLines(parked, output).slice(0, 1),
        ...visibleLines(parked.error)
          .split("\n")
          .map((line) => `  ${output.paint("bad", line)}`),
        ...(text === undefined ? ["The event is not in this log."] : eventBlock(text, output)),
      ]);
    }
  },
});

async function textOf({ events }: OpenedDatabase, sequenceNumber: number): Promise<StoredEventText | undefined> {
  const itself = { after: sequenceNumber - 1, before: sequenceNumber + 1, direction: "forwards" } as const;
  for await (const page of readTexts(events, { kind: "log" }, itself)) return page[0];
  return undefined;
}
