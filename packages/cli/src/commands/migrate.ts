import type { EventStorageAdapter } from "@eventfold/store";
import { parseSequenceNumber } from "../arguments/sequence-number.ts";
import { pendingMigrationsAt } from "../database/pending-migrations.ts";
import { countText } from "../output/number-text.ts";
import { type CommandRun, defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

interface MigrateOptions {
  readonly print?: true;
  readonly nextSequenceNumberAbove?: number;
}

/** `eventfold migrate`. */
export const migrate = defineCommand<MigrateOptions>({
  name: "migrate",
  summary: "Make the schema of a log, or bring it up to date.",
  details: [
    "It migrates events, and projections and processing where they are there already; with --config everything that the config opens. All of a part is done in one transaction, under a lock, so that several programs may do so at once.",
    "On PostgreSQL it needs the rights of the owner, and also sets the sequence past every stored number. Afterwards, run the statements of runtimeGrants, projectionGrants and processingGrants again.",
  ],
  needsDatabase: true,
  options: [
    { flags: "--print", description: "print the SQL that would run, and run nothing" },
    {
      flags: "--next-sequence-number-above <number>",
      description:
        "on PostgreSQL: give the next event a higher sequence number than this one, at most 2^52; it cannot be taken back",
      parse: parseSequenceNumber,
    },
  ],
  examples: [
    {
      line: "eventfold migrate postgres://owner@localhost/app",
      explanation: "Makes the schema, or brings it up to date.",
    },
    {
      line: "eventfold migrate postgres://owner@localhost/app --print > pending.sql",
      explanation: "Writes the SQL into a file, for somebody else to read and run. It is one transaction.",
    },
    {
      line: "eventfold migrate postgres://owner@localhost/app --next-sequence-number-above 2000000",
      explanation:
        "After events were lost: leaves out every number that anybody has seen, so that no other event gets it.",
    },
  ],
  run: async (run) => {
    const { print, nextSequenceNumberAbove } = run.options;
    if (print && nextSequenceNumberAbove !== undefined) {
      throw new Failure("--print only prints migrations: give --next-sequence-number-above without it.", {
        exitCode: EXIT_CODES.usage,
      });
    }
    await (print ? printPending(run) : applyPending(run));
    return EXIT_CODES.ok;
  },
});

async function printPending({ address, context, output }: CommandRun<MigrateOptions>): Promise<void> {
  if (address === undefined) {
    throw new Failure("--print needs the address of a database: a config opens it by code of its own.", {
      exitCode: EXIT_CODES.usage,
    });
  }
  const pending = await pendingMigrationsAt(address, context.directory);
  if (output.isJson) {
    for (const migration of pending) await output.print(migration, () => []);
    return;
  }
  if (pending.length === 0) return output.printLines(["-- Nothing is pending."]);
  await output.printLines([
    "BEGIN;",
    ...pending.flatMap(({ component, version, name, compatible, sql }) => [
      "",
      `-- ${component} ${version}: ${name} (${compatible ? "older releases may go on" : "older releases cannot open it afterwards"})`,
      sql,
    ]),
    "",
    "COMMIT;",
  ]);
}

async function applyPending({ address, open, options, context, output }: CommandRun<MigrateOptions>): Promise<void> {
  const pending = address === undefined ? undefined : await pendingMigrationsAt(address, context.directory);
  const database = await open({ migrations: "apply" });
  const isWanted = (component: string) => pending === undefined || pending.some((each) => each.component === component);
  if (isWanted("projections")) await database.projections();
  if (isWanted("processing")) await database.processing();
  await migrateEvents(database.events, options);
  if (pending === undefined) return output.print({ isUpToDate: true }, () => ["The schema is up to date."]);
  const applied = pending.map(({ component, version, name }) => ({ component, version, name }));
  await output.print({ isUpToDate: true, applied }, () =>
    pending.length === 0
      ? ["The schema is up to date: nothing was pending."]
      : [
          ...pending.map(({ component, version, name }) => `${component} ${version}: ${name}`),
          `The schema is up to date: ${countText(pending.length, "migration")} applied.`,
        ],
  );
}

/** Also sets the sequence of a log that has one. */
async function migrateEvents(events: EventStorageAdapter, { nextSequenceNumberAbove }: MigrateOptions): Promise<void> {
  if ("migrate" in events && typeof events.migrate === "function") {
    await events.migrate({ nextSequenceNumberAbove });
  } else if (nextSequenceNumberAbove !== undefined) {
    throw new Failure(
      "--next-sequence-number-above needs a PostgreSQL database: the sequence of other databases cannot be moved.",
      {
        exitCode: EXIT_CODES.usage,
      },
    );
  }
}
