import { ON_PARKED, runOnParked } from "../processing/parked-selection.ts";
import { defineCommand } from "../program/command.ts";

/** `eventfold parked replay`. */
export const parkedReplay = defineCommand({
  ...ON_PARKED,
  name: "parked replay",
  summary: "Let parked events be handled again.",
  details: [
    "Each is tried once and in order; what fails again stays parked. Where a whole stream waits, what came later of it is handled too. A running broker with a handler for the subscription does it; this only asks for it.",
  ],
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
  run: runOnParked({
    consequence: (count) => `This replays ${count}: their handlers run again.`,
    ask: (control, subscription, selection) => control.replay(subscription, selection),
  }),
});
