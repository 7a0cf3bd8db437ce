import { ON_PARKED, runOnParked } from "../processing/parked-selection.ts";
import { defineCommand } from "../program/command.ts";

/** `eventfold parked drop`. */
export const parkedDrop = defineCommand({
  ...ON_PARKED,
  name: "parked drop",
  summary: "Give up parked events, which are then handled by nobody.",
  details: ["The events stay in the log. Later events of a stream that waited for one are handled from then on."],
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
  run: runOnParked({
    consequence: (count) => `This drops ${count}: nobody will handle them.`,
    ask: (control, subscription, selection) => control.drop(subscription, selection),
  }),
});
