import type { SubscriptionStatus } from "@eventfold/processing";
import { countText } from "../output/number-text.ts";
import { openSubscription } from "../processing/opened-processing.ts";
import { defineCommand } from "../program/command.ts";
import { Failure } from "../program/failure.ts";

interface RemoveOptions {
  readonly withParked?: true;
}

/** `eventfold subscriptions remove`. */
export const subscriptionsRemove = defineCommand<RemoveOptions>({
  name: "subscriptions remove",
  summary: "Remove a subscription that nobody runs any more.",
  details: [
    "Everything that is stored of it goes: checkpoints, waiting requests and, if that is said, parked events. The log, projections and locks stay. It is refused while a node that has a handler for it is seen to beat; a node that was killed is waited for as long as its lease lasts.",
    "Take it out of the code first: a node that still has it, and starts later, stores it anew and begins by its `startFrom`, by default with the first event.",
  ],
  needsDatabase: true,
  operands: [{ name: "subscription", description: "the name of the subscription" }],
  options: [{ flags: "--with-parked", description: "remove its parked events too, which nobody handles then" }],
  confirms: true,
  examples: [
    {
      line: "eventfold subscriptions remove sqlite:app.db account@1",
      explanation: "Asks, naming what goes, and removes what is stored of the first version of a projector.",
    },
    {
      line: "eventfold subscriptions remove sqlite:app.db welcome-mails --with-parked --yes",
      explanation: "Does so without a question, and with what is parked.",
    },
  ],
  exitCodes: {
    1: "it failed, or nodes have a handler for it, or events are parked: nothing was removed",
    3: "there is no such subscription",
  },
  run: async ({ open, operands: [name = ""], options: { withParked = false }, output, confirm, signal }) => {
    const { control, stored } = await openSubscription(await open(), name);
    const parked = sumOf(stored, (partition) => partition.parked);
    if (parked > 0 && !withParked) {
      throw new Failure(
        `Nothing was removed: ${countText(parked, "event")} of ${JSON.stringify(name)} ${parked === 1 ? "is" : "are"} parked. Look at them with \`eventfold parked list\`; --with-parked removes them too.`,
      );
    }
    await confirm({ consequence: consequenceOf(stored, parked) });
    await control.remove(name, { withParked, signal });
    await output.print({ subscription: name, partitions: stored.partitions, parked }, () => [
      `Removed ${JSON.stringify(name)}.`,
    ]);
  },
});

function consequenceOf(stored: SubscriptionStatus, parked: number): string {
  const requests = sumOf(stored, (partition) => partition.requests.length);
  const belongings = [
    countText(stored.partitions, "checkpoint"),
    ...(requests > 0 ? [countText(requests, "waiting request")] : []),
    ...(parked > 0 ? [`${countText(parked, "parked event")}, which nobody will handle`] : []),
  ];
  return `This removes ${JSON.stringify(stored.name)} with ${belongings.join(" and ")}. A node that still has it, and starts later, begins anew.`;
}

function sumOf(
  { status }: SubscriptionStatus,
  of: (partition: SubscriptionStatus["status"][number]) => number,
): number {
  return status.reduce((sum, partition) => sum + of(partition), 0);
}
