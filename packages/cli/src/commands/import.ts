import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { importLog, visibleText } from "@eventfold/operations";
import { isAddress } from "../database/database-address.ts";
import { countText, numberText } from "../output/number-text.ts";
import { reportTransfer } from "../output/transfer-report.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

interface ImportOptions {
  readonly asRead?: true;
}

/** `eventfold import`. */
export const importCommand = defineCommand<ImportOptions>({
  name: "import",
  summary: "Store the events of an archive, as they were.",
  details: [
    "The archive is read to its end first, to make sure that it is whole. Events keep their ids, sequence numbers, positions and times. The database is made if it is not there.",
    "The log has to be empty, or to have the beginning of the same events: so an import that was stopped goes on when it is run again. Nobody else may write to the log meanwhile. PostgreSQL needs the role that owns the tables.",
  ],
  needsDatabase: true,
  operands: [{ name: "file", description: "an archive that `eventfold export` has written" }],
  options: [
    {
      flags: "--as-read",
      description:
        "store JSON that the library would write otherwise (1.0, 1e400) as it is read, instead of refusing it",
    },
  ],
  examples: [
    { line: "eventfold import sqlite:copy.db app.ndjson.gz", explanation: "Makes a database of an archive." },
    {
      line: "eventfold import postgres://localhost/app app.ndjson.zst --json",
      explanation: "Prints what was stored as an object.",
    },
  ],
  run: async ({ open, operands: [file = ""], options, output, signal, startProgress, context }) => {
    const from = resolve(context.directory, file);
    if (isAddress(file)) {
      throw new Failure("The database comes first, and then the archive.", { exitCode: EXIT_CODES.usage });
    }
    await access(from); // no database is made for a file that is not there
    const { events: to, description } = await open({ migrations: "apply" });
    const imported = await reportTransfer({ title: "Importing", kept: "stored", signal, startProgress }, (onProgress) =>
      importLog({ from, to, asRead: options.asRead, onProgress, signal }),
    );
    const { events, trailer } = imported;
    await output.print({ events, upTo: trailer.horizon, archive: trailer }, () => [
      `Stored ${numberText(events)} of ${countText(trailer.events, "event")} in ${visibleText(description)}${events < trailer.events ? ", which had the others" : ""}.`,
    ]);
  },
});
