import { PARTITIONS_OPTION } from "../arguments/partitions.ts";
import { checkPartitions, openSubscription } from "../processing/opened-processing.ts";
import { tellOutcomes } from "../processing/request-outcome.ts";
import { defineCommand } from "../program/command.ts";

/** `eventfold subscriptions pause`. */
export const subscriptionsPause = defineCommand<{ readonly partitions?: readonly number[] }>({
  name: "subscriptions pause",
  summary: "Let partitions handle nothing more, until they are resumed.",
  details: ["Handlers may be at work until a partition is paused: the node that holds it does so between two events."],
  needsDatabase: true,
  operands: [{ name: "subscription", description: "the name of the subscription" }],
  options: [PARTITIONS_OPTION],
  examples: [
    {
      line: "eventfold subscriptions pause sqlite:app.db welcome-mails",
      explanation: "Pauses all partitions of welcome-mails.",
    },
    {
      line: "eventfold subscriptions pause sqlite:app.db welcome-mails --partitions 0,3",
      explanation: "Only two of them.",
    },
  ],
  exitCodes: { 3: "there is no such subscription or partition" },
  run: async ({ open, operands: [name = ""], options, output }) => {
    const { control, stored } = await openSubscription(await open(), name);
    checkPartitions(stored, options.partitions);
    await tellOutcomes(name, await control.pause(name, { partitions: options.partitions }), output);
  },
});
