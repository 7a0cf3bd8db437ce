import { readTexts } from "@eventfold/operations";
import { eventJson } from "../output/event-json.ts";
import { eventBlock } from "../output/event-lines.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/** `eventfold event`. */
export const event = defineCommand({
  name: "event",
  summary: "Show one event as a whole.",
  details: ["With --json it is the object that `printStoredEvent` of @eventfold/store makes."],
  needsDatabase: true,
  operands: [{ name: "id", description: "the id of the event, a UUID" }],
  examples: [
    {
      line: "eventfold event sqlite:app.db 019a2f3e-7c1b-7d05-8e6a-2b9f4c1d0e7a",
      explanation: "Shows what happened, where, when, and what the event says.",
    },
  ],
  exitCodes: { 3: "there is no such event" },
  run: async ({ open, operands: [id = ""], output }) => {
    const { store, events } = await open();
    const found = await store.eventById(id.toLowerCase());
    if (found === undefined) {
      throw new Failure(`There is no event with the id ${JSON.stringify(id)}.`, { exitCode: EXIT_CODES.notFound });
    }
    const { category, stream, sequenceNumber } = found;
    const itself = { after: sequenceNumber - 1, before: sequenceNumber + 1, direction: "forwards" } as const;
    for await (const page of readTexts(events, { kind: "stream", category, stream }, itself)) {
      for (const text of page) {
        await (output.isJson ? output.printJson(eventJson(text)) : output.printLines(eventBlock(text, output)));
      }
    }
  },
});
