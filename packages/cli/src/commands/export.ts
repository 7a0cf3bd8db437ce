import { dirname, join, resolve } from "node:path";
import { exportLog, partialFilesOf, visibleText } from "@eventfold/operations";
import { parseSequenceNumber } from "../arguments/sequence-number.ts";
import { countText, numberText } from "../output/number-text.ts";
import { reportTransfer } from "../output/transfer-report.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

interface ExportOptions {
  readonly after?: number;
  readonly upTo?: number;
  readonly asRead?: true;
}

/** `eventfold export`. */
export const exportCommand = defineCommand<ExportOptions>({
  name: "export",
  summary: "Write the events of a log to a file.",
  details: [
    "The file is an archive: an event a line, as JSON. It is compressed if its name ends in .gz or .zst (Node 22.15 or later). It has its name only once it is whole; a file that is there already is left alone. Until then it is beside it, with a name that ends in .partial: one that a killed export has left is named by the next one, and yours to delete.",
    "The log may be in use. What is published after the export has begun is not in the archive; a later one can continue it with --after.",
  ],
  needsDatabase: true,
  operands: [{ name: "file", description: "the archive to write" }],
  options: [
    {
      flags: "--after <number>",
      description: "only events above this sequence number",
      parse: parseSequenceNumber,
    },
    {
      flags: "--up-to <number>",
      description: "only events up to this sequence number",
      parse: parseSequenceNumber,
    },
    {
      flags: "--as-read",
      description:
        "write JSON that the library would write otherwise (1.0, 1e400) as it is read, instead of refusing it",
    },
  ],
  examples: [
    { line: "eventfold export sqlite:app.db app.ndjson.gz", explanation: "Writes all events, compressed." },
    {
      line: "eventfold export sqlite:app.db more.ndjson.gz --after 120000",
      explanation: "Continues an archive that ends with the event 120000.",
    },
  ],
  run: async ({ open, operands: [file = ""], options, output, signal, startProgress, context }) => {
    if (file === "-") {
      throw new Failure("An archive is a file, which has its name once it is whole: give a name.", {
        exitCode: EXIT_CODES.usage,
      });
    }
    const { events: from } = await open();
    const to = resolve(context.directory, file);
    const { after, upTo, asRead } = options;
    const partial = await partialFilesOf(to).catch(() => []); // that there is no such directory, the export says
    for (const name of partial) {
      await output.remark(
        `${join(dirname(file), name)} is of an export that is under way, or of one that was killed: then delete it.`,
      );
    }
    const exported = await reportTransfer(
      { title: "Exporting", kept: undefined, signal, startProgress },
      (onProgress) => exportLog({ from, to, after, upTo, asRead, onProgress, signal }),
    );
    const { events, horizon, digest, sha256 } = exported;
    await output.print({ file, events, upTo: horizon, digest, sha256 }, () => [
      `Exported ${countText(events, "event")}, up to sequence number ${numberText(horizon)}, to ${visibleText(file)}.`,
      `Digest ${digest}`,
    ]);
  },
});
