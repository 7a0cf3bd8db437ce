import { PARTITIONS_OPTION } from "../arguments/partitions.ts";
import { checkPartitions, openSubscription } from "../processing/opened-processing.ts";
import { tellOutcomes } from "../processing/request-outcome.ts";
import { defineCommand } from "../program/command.ts";

/** `eventfold subscriptions resume`. */
export const subscriptionsResume = defineCommand<{ readonly partitions?: readonly number[] }>({
  name: "subscriptions resume",
  summary: "Let paused partitions go on.",
  details: ["An event that failed in vain gets all its tries anew."],
  needsDatabase: true,
  operands: [{ name: "subscription", description: "the name of the subscription" }],
  options: [PARTITIONS_OPTION],
  examples: [
    {
      line: "eventfold subscriptions resume sqlite:app.db welcome-mails",
      explanation: "Lets all paused partitions of welcome-mails go on.",
    },
    {
      line: "eventfold subscriptions resume sqlite:app.db welcome-mails --partitions 0,3",
      explanation: "Only two of them.",
    },
  ],
  exitCodes: { 3: "there is no such subscription or partition" },
  run: async ({ open, operands: [name = ""], options, output }) => {
    const { control, stored } = await openSubscription(await open(), name);
    checkPartitions(stored, options.partitions);
    await tellOutcomes(name, await control.resume(name, { partitions: options.partitions }), output);
  },
});
