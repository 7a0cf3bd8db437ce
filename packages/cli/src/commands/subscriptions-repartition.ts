import { parseCount } from "../arguments/count.ts";
import { countText, numberText } from "../output/number-text.ts";
import { openSubscription } from "../processing/opened-processing.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

const MOST_PARTITIONS = 1_024;

/** `eventfold subscriptions repartition`. */
export const subscriptionsRepartition = defineCommand({
  name: "subscriptions repartition",
  summary: "Give a subscription another number of partitions.",
  details: [
    "Its partitions work up to the furthest of them first, so that no event is handled twice; a paused one holds it up. Change the number in the code of the application as well.",
  ],
  needsDatabase: true,
  operands: [
    { name: "subscription", description: "the name of the subscription" },
    { name: "partitions", description: `the new number, from 1 to ${MOST_PARTITIONS}` },
  ],
  examples: [
    {
      line: "eventfold subscriptions repartition sqlite:app.db welcome-mails 16",
      explanation: "Spreads it over 16 partitions, so that up to 16 nodes can share the work.",
    },
  ],
  exitCodes: { 3: "there is no such subscription", 4: "another change of the number is under way" },
  run: async ({ open, operands: [name = "", number = ""], output }) => {
    const partitions = parseCount(number);
    if (partitions > MOST_PARTITIONS) {
      throw new Failure(`A subscription has at most ${MOST_PARTITIONS} partitions.`, { exitCode: EXIT_CODES.usage });
    }
    const { control } = await openSubscription(await open(), name);
    const outcome = await control.repartition(name, partitions);
    await output.print({ subscription: name, ...outcome }, () => {
      switch (outcome.kind) {
        case "done":
          return [`It has ${countText(partitions, "partition")}.`];
        case "waiting":
          return [`Asked for: every partition works up to number ${numberText(outcome.repartition.fence)} first.`];
        case "busy":
          return [
            `Nothing was done: it is on its way to ${countText(outcome.repartition.partitions, "partition")}. Try again when it is there.`,
          ];
      }
    });
    return outcome.kind === "busy" ? EXIT_CODES.findings : EXIT_CODES.ok;
  },
});
