import type { AsOf } from "./as-of.ts";
import type { CommitEvent } from "./history-summary.ts";
import { eventsPerSecond, type Report } from "./report.ts";

/** A report as one JSON object, on one line. Times are ISO 8601 in UTC; what there is none of is `null`. */
export function printJsonReport(report: Report): string {
  const { run, database, categories, summary, asOf, foldedEvents, foldSeconds } = report;
  const { topContributors, topFiles, newest, longestWait, ...totals } = summary;
  return JSON.stringify({
    repository: run.repository,
    database,
    commits: run.commits,
    newEvents: run.tally.newEvents,
    categories,
    ...totals,
    eventsPerSecond: eventsPerSecond(report),
    importSeconds: toMilliseconds(run.importSeconds),
    foldedEvents,
    foldSeconds: toMilliseconds(foldSeconds),
    topContributors,
    topFiles,
    newest: eventOrNull(newest),
    longestWait: eventOrNull(longestWait),
    asOf: asOf === undefined ? null : asOfJson(asOf),
  });
}

function eventOrNull(found: CommitEvent | undefined): object | null {
  if (found === undefined) return null;
  const { event, metadata } = found;
  const { id, name, stream, position, sequenceNumber, payload, occurredAt, observedAt } = event;
  return { id, name, stream, position, sequenceNumber, occurredAt, observedAt, payload, metadata };
}

/** Seconds, to the millisecond: more digits than that say nothing. */
function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function asOfJson({ time, observed, occurred }: AsOf): object {
  return { time, observed, occurred };
}
