import type { Database } from "../database/database.ts";
import { FILES, type FileEvents } from "../events/file-events.ts";
import type { ImportTally } from "../history/import-history.ts";
import { updateProjections } from "../projections/update-projections.ts";
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
  /** Events that were folded into the projections now: those that no run before had folded. */
  readonly foldedEvents: number;
  /** How long that took. */
  readonly foldSeconds: number;
}

/** What a report is made from. */
export interface ReportOptions {
  readonly database: Database;
  readonly run: RunOutcome;
  /** The time of the "as of" question; default: a telling one. */
  readonly asOf?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the report from what is in the store, nothing of which but the run itself was counted while storing: brings the
 * projections up to date, and asks them.
 */
export async function makeReport({ database, run, asOf, signal }: ReportOptions): Promise<Report> {
  const { store, projections, processing, description } = database;
  const files = store.category<FileEvents>(FILES);
  const startedAt = performance.now();
  const foldedEvents = await updateProjections({ files, projections, processing, signal });
  const foldSeconds = (performance.now() - startedAt) / 1000;
  const summary = await summarizeHistory(database);
  let categories = 0;
  for await (const _ of store.categories()) categories += 1;
  const time = asOf ?? tellingTime(summary);
  const answer = time === undefined ? undefined : await workDoneAsOf({ files, time, signal });
  return { run, database: description, categories, summary, asOf: answer, foldedEvents, foldSeconds };
}

/** Events of the run that were stored, or recognised as stored before, in a second. */
export function eventsPerSecond({ run: { tally, importSeconds } }: Report): number {
  return importSeconds === 0 ? 0 : Math.round(tally.events / importSeconds);
}
