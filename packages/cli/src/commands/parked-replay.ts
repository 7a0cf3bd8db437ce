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

/** `eventfold parked replay`. */
export const parkedReplay = defineCommand<SelectionOptions>({
  name: "parked replay",
  summary: "Let parked events be handled again.",
  details: [
    "Each is tried once and in order; what fails again stays parked. Where a whole stream waits, what came later of it is handled too. A running broker with a handler for the subscription does it; this only asks for it.",
  ],
  needsDatabase: true,
  operands: [{ name: "subscription", description: "the name of the subscription" }],
  options: SELECTION_OPTIONS,
  confirms: true,
  examples: [
    {
      line: "eventfold parked replay sqlite:app.db welcome-mails",
      explanation: "Asks, naming how many there are, and lets all of them be handled again.",
    },
    {
      line: "eventfold parked replay sqlite:app.db welcome-mails --event 4711 --yes",
      explanation: "Does so with one event, without a question.",
    },
  ],
  exitCodes: { 3: "there is no such subscription, or nothing is parked that it would be for" },
  run: async ({ open, operands: [name = ""], options, output, confirm }) => {
    const selection = parkedSelection(options);
    const { control, processing } = await openSubscription(await open(), name);
    const count = parkedCountText(await countParked(processing, { subscription: name, selection }), name);
    await confirm({ consequence: `This replays ${count}: their handlers run again.` });
    await tellOutcomes(name, await control.replay(name, selection), output);
  },
});
