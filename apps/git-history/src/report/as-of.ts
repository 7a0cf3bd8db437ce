import { type EventCategory, observedBefore, occurredBefore, type TimeConstraint } from "@eventfold/store";
import type { FileEvents } from "../events/file-events.ts";
import { commitTime } from "../git/commit-time.ts";
import type { HistorySummary } from "./history-summary.ts";

/** What had been done to the files up to some time. */
export interface WorkDone {
  readonly events: number;
  /** Files touched. */
  readonly streams: number;
  readonly linesAdded: number;
  readonly linesDeleted: number;
}

/** "How much work had been done before this time?", answered by both times that an event has. */
export interface AsOf {
  readonly time: Date;
  /** By when it was committed: what the repository knew then. */
  readonly observed: WorkDone;
  /** By when it was written: what was true then, as we know now. */
  readonly occurred: WorkDone;
}

/** A question about a time. */
export interface AsOfQuestion {
  readonly files: EventCategory<FileEvents>;
  readonly time: Date;
  readonly signal?: AbortSignal | undefined;
}

/** Answers it from the store, in two scans that the store narrows. */
export async function workDoneAsOf({ files, time, signal }: AsOfQuestion): Promise<AsOf> {
  const observed = await workDone(files, observedBefore(time), signal);
  const occurred = await workDone(files, occurredBefore(time), signal);
  return { time, observed, occurred };
}

/**
 * A time at which the two answers differ, if there is one: halfway between writing and committing of the change that waited
 * longest; otherwise the second after the newest event.
 *
 * @returns `undefined` when there are no events.
 */
export function tellingTime({ longestWait, newest }: HistorySummary): Date | undefined {
  if (newest === undefined) return undefined;
  if (longestWait === undefined) return commitTime(`${Math.floor(newest.event.observedAt.getTime() / 1000) + 1}`);
  const { occurredAt, observedAt } = longestWait.event;
  return new Date(Math.floor((occurredAt.getTime() + observedAt.getTime()) / 2));
}

async function workDone(
  files: EventCategory<FileEvents>,
  constraint: TimeConstraint,
  signal: AbortSignal | undefined,
): Promise<WorkDone> {
  const streams = new Set<string>();
  let [events, linesAdded, linesDeleted] = [0, 0, 0];
  for await (const { stream, payload } of files.scan({ constraints: [constraint], signal })) {
    events += 1;
    streams.add(stream);
    linesAdded += payload.linesAdded ?? 0;
    linesDeleted += payload.linesDeleted ?? 0;
  }
  return { events, streams: streams.size, linesAdded, linesDeleted };
}
