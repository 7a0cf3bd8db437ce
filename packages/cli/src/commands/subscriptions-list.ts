import { readSubscriptions, visibleText } from "@eventfold/operations";
import { subscriptionBlock } from "../output/subscription-lines.ts";
import { openProcessing } from "../processing/opened-processing.ts";
import { defineCommand } from "../program/command.ts";

/** `eventfold subscriptions list`. */
export const subscriptionsList = defineCommand({
  name: "subscriptions list",
  summary: "List the subscriptions with their partitions, nodes and lag.",
  details: ["The lag is told in sequence numbers: the events that are still to be handled are as many or fewer."],
  needsDatabase: true,
  examples: [
    { line: "eventfold subscriptions list sqlite:app.db", explanation: "Lists them, and the nodes that are alive." },
    {
      line: "eventfold subscriptions list sqlite:app.db --json | jq -r 'select(any(.partitions[]; .error)) | .name'",
      explanation: "Names those whose handlers fail.",
    },
  ],
  exitCodes: { 3: "there is no processing in this database" },
  run: async ({ open, output }) => {
    const database = await open();
    const state = await readSubscriptions(database.events.storage, await openProcessing(database));
    for (const subscription of state.subscriptions) {
      await output.print(subscription, () => subscriptionBlock(subscription, output));
    }
    if (state.subscriptions.length === 0) await output.remark("There are none.");
    const nodes = state.nodes.map(({ name }) => visibleText(name)).join(", ");
    await output.remark(nodes === "" ? "No node is alive." : `Nodes: ${nodes}.`);
  },
});
