import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import { PARTITIONS_OPTION } from "../arguments/partitions.ts";
import { parseSequenceNumber } from "../arguments/sequence-number.ts";
import type { OpenedDatabase } from "../database/opened-database.ts";
import { countText, numberText } from "../output/number-text.ts";
import { checkPartitions, openSubscription } from "../processing/opened-processing.ts";
import { tellOutcomes } from "../processing/request-outcome.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

interface ResetOptions {
  readonly after?: number;
  readonly partitions?: readonly number[];
}

/** `eventfold subscriptions reset`. */
export const subscriptionsReset = defineCommand<ResetOptions>({
  name: "subscriptions reset",
  summary: "Let partitions go on from the beginning, or after an event.",
  details: [
    "Events after that place are handled again, also those that were handled already; events before it are not handled any more. What is parked stays parked. A number that the log has not given yet is refused: nothing would be handled until it has.",
  ],
  needsDatabase: true,
  operands: [{ name: "subscription", description: "the name of the subscription" }],
  options: [
    {
      flags: "--after <number>",
      description: "count everything up to this sequence number as done (default: 0, the beginning)",
      parse: parseSequenceNumber,
    },
    PARTITIONS_OPTION,
  ],
  confirms: true,
  examples: [
    {
      line: "eventfold subscriptions reset sqlite:app.db search-index --yes",
      explanation: "Lets search-index handle every event once more.",
    },
    {
      line: "eventfold subscriptions reset sqlite:app.db search-index --after 120000",
      explanation: "Asks, and lets it go on after the event with number 120,000.",
    },
  ],
  exitCodes: { 3: "there is no such subscription, partition or number" },
  run: async ({ open, operands: [name = ""], options, output, confirm }) => {
    const { control, database, stored } = await openSubscription(await open(), name);
    const { after = 0, partitions } = options;
    checkPartitions(stored, partitions);
    if (!isForeign(stored.source)) await checkIsGiven(database, after);
    const count = countText(partitions?.length ?? stored.status.length, "partition");
    const place = after === 0 ? "to the beginning of the log" : `to just after number ${numberText(after)}`;
    await confirm({
      consequence: `This moves ${count} of ${JSON.stringify(name)} ${place}: what comes after is handled, again or not, and what comes before is not.`,
    });
    const to = after === 0 ? "beginning" : { sequenceNumber: after, eventId: await eventIdAt(database, after) };
    await tellOutcomes(name, await control.reset(name, to, { partitions }), output);
  },
});

/** The numbers of a source of another system are its own. */
function isForeign(source: string): boolean {
  return source.startsWith("foreign/");
}

/** A checkpoint ahead of the log is taken for that of another log, and nothing is handled. */
async function checkIsGiven({ events }: OpenedDatabase, after: number): Promise<void> {
  const horizon = await events.storage.horizon({ kind: "log" });
  if (after <= horizon) return;
  throw new Failure(`The log has no number ${numberText(after)} yet: it has come to ${numberText(horizon)}.`, {
    exitCode: EXIT_CODES.notFound,
  });
}

/** By the id of the event a broker finds out if the log was replaced by another one. */
async function eventIdAt({ store }: OpenedDatabase, sequenceNumber: number): Promise<string | undefined> {
  const itself = [sequenceNumberAfter(sequenceNumber - 1), sequenceNumberBefore(sequenceNumber + 1)];
  const [event] = await store.log().read({ constraints: itself });
  return event?.id;
}
