import { resolve } from "node:path";
import { checkDatabaseAddress, Failure } from "@eventfold/databases";
import { type Database, openDatabase } from "../database/database.ts";
import { FILES, type FileEvents } from "../events/file-events.ts";
import { historyOf, type OpenedHistory } from "../git/opened-history.ts";
import { openOwnHistory } from "../git/own-history.ts";
import { readCommits } from "../git/read-commits.ts";
import { countCommits, openRepository } from "../git/repository.ts";
import { type ImportTally, importHistory } from "../history/import-history.ts";
import { printJsonReport } from "../report/json-report.ts";
import { makeReport, type RunOutcome } from "../report/report.ts";
import { printTextReport } from "../report/text-report.ts";
import type { CommandArguments } from "./arguments.ts";
import { startProgressBar } from "./progress-bar.ts";

/** What a run of the command is given besides its arguments. */
export interface CommandContext {
  /** What relative paths are relative to. */
  readonly directory: string;
  /** Stops it cleanly. */
  readonly signal: AbortSignal;
  /** Told what the person should know before the report comes. */
  readonly note: (text: string) => void;
}

/**
 * Does what the command was asked to do, and returns what to print.
 *
 * @throws {@link Failure} for what the person can do something about; `signal.reason` when stopped; what the store throws.
 */
export async function runCommand(args: CommandArguments, { directory, signal, note }: CommandContext): Promise<string> {
  checkDatabaseAddress(args.database);
  const history = await openHistory(args.path, directory);
  if (history.note !== undefined) note(history.note);
  try {
    const database = await openDatabase(args.database, directory);
    try {
      const run = await storeHistory(history, database, signal);
      const report = await makeReport({ database, run, asOf: args.asOf, signal });
      return args.json ? `${printJsonReport(report)}\n` : printTextReport(report);
    } finally {
      await database.close();
    }
  } finally {
    await history.dispose();
  }
}

async function openHistory(path: string | undefined, directory: string): Promise<OpenedHistory> {
  if (path === undefined) return openOwnHistory();
  return historyOf(await openRepository(resolve(directory, path)));
}

async function storeHistory(
  { repository }: OpenedHistory,
  database: Database,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const commits = await countCommits(repository, signal);
  const startedAt = performance.now();
  const tally = await importWithProgress(commits, (onCommit) =>
    importHistory({
      commits: readCommits(repository, signal),
      files: database.store.category<FileEvents>(FILES),
      onCommit,
    }),
  );
  if (tally.commits !== commits) {
    throw new Failure(`git counts ${commits} commits but lists ${tally.commits}: did the repository change meanwhile?`);
  }
  return { repository: repository.name, commits, tally, importSeconds: (performance.now() - startedAt) / 1000 };
}

async function importWithProgress(
  commits: number,
  work: (onCommit: (tally: ImportTally) => void) => Promise<ImportTally>,
): Promise<ImportTally> {
  const progress = startProgressBar(commits);
  try {
    return await work(progress.update);
  } finally {
    progress.stop();
  }
}
