import type { Database } from "../database/database.ts";
import { FILES, type FileEvents } from "../events/file-events.ts";
import type { ImportTally } from "../history/import-history.ts";
import { type AsOf, tellingTime, workDoneAsOf } from "./as-of.ts";
import { type HistorySummary, summarizeHistory } from "./history-summary.ts";

/** What a run did. */
export interface RunOutcome {
  /** What the repository is called. */
  readonly repository: string;
  /** Commits of its history. */
  readonly commits: number;
  readonly tally: ImportTally;
  /** How long reading git and storing took. */
  readonly importSeconds: number;
}

/** What is told of a run: what it did, and what the store then holds. */
export interface Report {
  readonly run: RunOutcome;
  readonly database: string;
  readonly categories: number;
  readonly summary: HistorySummary;
  /** Absent when there are no events. */
  readonly asOf: AsOf | undefined;
  /** How long reading all events back took, once. */
  readonly scanSeconds: number;
}

/** What a report is made from. */
export interface ReportOptions {
  readonly database: Database;
  readonly run: RunOutcome;
  /** The time of the "as of" question; default: a telling one. */
  readonly asOf?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Makes the report from what is in the store: nothing in it but the run itself was counted while storing. */
export async function makeReport({ database, run, asOf, signal }: ReportOptions): Promise<Report> {
  const { store, description } = database;
  const files = store.category<FileEvents>(FILES);
  const startedAt = performance.now();
  const summary = await summarizeHistory(files, signal);
  const scanSeconds = (performance.now() - startedAt) / 1000;
  let categories = 0;
  for await (const _ of store.categories()) categories += 1;
  const time = asOf ?? tellingTime(summary);
  const answer = time === undefined ? undefined : await workDoneAsOf({ files, time, signal });
  return { run, database: description, categories, summary, asOf: answer, scanSeconds };
}

/** Events of the run that were stored, or recognised as stored before, in a second. */
export function eventsPerSecond({ run: { tally, importSeconds } }: Report): number {
  return importSeconds === 0 ? 0 : Math.round(tally.events / importSeconds);
}
