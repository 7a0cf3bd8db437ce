import { countParked } from "@eventfold/operations";
import { openSubscription } from "../processing/opened-processing.ts";
import {
  parkedCountText,
  parkedSelection,
  SELECTION_OPTIONS,
  type SelectionOptions,
} from "../processing/parked-selection.ts";
import { tellOutcomes } from "../processing/request-outcome.ts";
import { defineCommand } from "../program/command.ts";

/** `eventfold parked drop`. */
export const parkedDrop = defineCommand<SelectionOptions>({
  name: "parked drop",
  summary: "Give up parked events, which are then handled by nobody.",
  details: ["The events stay in the log. Later events of a stream that waited for one are handled from then on."],
  needsDatabase: true,
  operands: [{ name: "subscription", description: "the name of the subscription" }],
  options: SELECTION_OPTIONS,
  confirms: true,
  examples: [
    {
      line: "eventfold parked drop sqlite:app.db welcome-mails",
      explanation: "Asks, naming how many there are, and gives up all of them.",
    },
    {
      line: "eventfold parked drop sqlite:app.db welcome-mails --event 4711 --yes",
      explanation: "Does so with one event, without a question.",
    },
  ],
  exitCodes: { 3: "there is no such subscription, or nothing is parked that it would be for" },
  run: async ({ open, operands: [name = ""], options, output, confirm }) => {
    const selection = parkedSelection(options);
    const { control, processing } = await openSubscription(await open(), name);
    const count = parkedCountText(await countParked(processing, { subscription: name, selection }), name);
    await confirm({ consequence: `This drops ${count}: nobody will handle them.` });
    await tellOutcomes(name, await control.drop(name, selection), output);
  },
});
