import { digestLog, visibleText } from "@eventfold/operations";
import { parseSequenceNumber } from "../arguments/sequence-number.ts";
import { countText, numberText } from "../output/number-text.ts";
import { reportTransfer } from "../output/transfer-report.ts";
import { defineCommand } from "../program/command.ts";

interface DigestOptions {
  readonly upTo?: number;
}

/** `eventfold digest`. */
export const digest = defineCommand<DigestOptions>({
  name: "digest",
  summary: "Add up the content of a log, to compare it later or with another one.",
  details: [
    "Logs with the same events up to the same number have the same digest, whatever databases they are in. With --json the digest is printed as `eventfold verify --digest` takes it: keep one outside of the database, and every change to what was there shows.",
    "It reads every event.",
  ],
  needsDatabase: true,
  options: [
    {
      flags: "--up-to <number>",
      description: "only events up to this sequence number",
      parse: parseSequenceNumber,
    },
  ],
  examples: [
    { line: "eventfold digest sqlite:app.db", explanation: "Prints the digest of the log and of each category." },
    { line: "eventfold digest sqlite:app.db --json > app.digest.json", explanation: "Records it." },
  ],
  run: async ({ open, options, output, signal, startProgress }) => {
    const { events: of } = await open();
    const found = await reportTransfer({ title: "Digesting", kept: undefined, signal, startProgress }, (onProgress) =>
      digestLog({ of, upTo: options.upTo, onProgress, signal }),
    );
    await output.print(found, () => [
      `${found.digest}  ${countText(found.events, "event")}, up to sequence number ${numberText(found.upTo)}`,
      ...found.categories.map(
        ({ category, events, digest: content }) => `${content}  ${numberText(events)} of ${visibleText(category)}`,
      ),
    ]);
  },
});
