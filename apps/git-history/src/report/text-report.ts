import { terminalText } from "../command/terminal-text.ts";
import type { Contributor } from "../projections/contributor-projector.ts";
import type { ChangedFile } from "../projections/file-projector.ts";
import type { AsOf, WorkDone } from "./as-of.ts";
import type { CommitEvent, HistorySummary } from "./history-summary.ts";
import { eventsPerSecond, type Report } from "./report.ts";

const NUMBERS = new Intl.NumberFormat("en-US");

/** A report for people: plain text in lines of any width, with what comes from outside made harmless for a terminal. */
export function printTextReport(report: Report): string {
  const { run, database, summary, asOf } = report;
  const sections = [
    [`The history of ${terminalText(run.repository)} as events, in ${terminalText(database)}`],
    overview(report),
    ...(summary.newest === undefined ? [] : contents(summary, summary.newest)),
    ...(asOf === undefined ? [] : [asOfSection(asOf, summary.longestWait)]),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function overview(report: Report): readonly string[] {
  const { run, categories, summary, foldedEvents, foldSeconds } = report;
  const { events, streams } = summary;
  return [
    `  ${count(run.commits, "commit")}, ${count(events, "event")} in ${count(streams, "stream")} of ${count(categories, "category", "categories")}`,
    `  ${whatWasStored(report)}`,
    `  ${count(eventsPerSecond(report), "event")}/s from git into the store, ${number(foldedEvents)} folded into projections in ${foldSeconds.toFixed(1)} s`,
  ];
}

function whatWasStored({ run: { tally, importSeconds } }: Report): string {
  const { events, newEvents } = tally;
  const time = `in ${importSeconds.toFixed(1)} s`;
  if (events === 0) return "Nothing to store: no commit of it touches a file.";
  if (newEvents === 0)
    return `Nothing new: all ${number(events)} events were stored before, recognised by their ids ${time}.`;
  const before = events === newEvents ? "" : `; ${number(events - newEvents)} were stored before`;
  return `${count(newEvents, "new event")} stored ${time}${before}.`;
}

function contents(summary: HistorySummary, newest: CommitEvent): readonly (readonly string[])[] {
  const { added, modified, renamed, deleted, linesAdded, linesDeleted } = summary;
  return [
    [
      "What happened to files",
      `  ${number(added)} added, ${number(modified)} modified, ${number(renamed)} renamed, ${number(deleted)} deleted`,
      `  ${lines(linesAdded, linesDeleted)} lines`,
    ],
    [heading("Top contributors", summary.contributors), ...table(summary.topContributors.map(contributorRow))],
    [heading("Most changed files", summary.streams), ...table(summary.topFiles.map(fileRow))],
    ["The newest event", ...eventLines(newest)],
  ];
}

function contributorRow({ name, email, commits, linesAdded, linesDeleted }: Contributor): readonly string[] {
  return [count(commits, "commit"), lines(linesAdded, linesDeleted), `${terminalText(name)} <${terminalText(email)}>`];
}

function fileRow({ path, changes, linesAdded, linesDeleted }: ChangedFile): readonly string[] {
  return [count(changes, "change"), lines(linesAdded, linesDeleted), terminalText(path)];
}

/** Says of how many the ten are the first, where there are more. */
function heading(title: string, all: number): string {
  return all > 10 ? `${title}, of ${number(all)}` : title;
}

function eventLines({ event, metadata: { commit, author } }: CommitEvent): readonly string[] {
  const { name, stream, position, sequenceNumber, occurredAt, observedAt } = event;
  return [
    `  ${name} in ${terminalText(stream)} (number ${number(sequenceNumber)} of the log, position ${number(position)} of its stream)`,
    `  commit ${commit.slice(0, 12)} by ${terminalText(author.name)}, written ${time(occurredAt)}, committed ${time(observedAt)}`,
  ];
}

function asOfSection({ time: asOf, observed, occurred }: AsOf, wait: CommitEvent | undefined): readonly string[] {
  return [
    `How much had been done before ${time(asOf)}?`,
    ...table([workRow("by observed time (committed)", observed), workRow("by occurred time (written)  ", occurred)]),
    `  (No change waited ${wait === undefined ? "between being written and being committed" : `longer than ${waitOf(wait)}`}.)`,
  ];
}

function waitOf({ event: { stream, occurredAt, observedAt }, metadata: { commit } }: CommitEvent): string {
  return `that of ${terminalText(stream)} in ${commit.slice(0, 12)}: written ${time(occurredAt)}, committed ${time(observedAt)}`;
}

function workRow(title: string, { events, streams, linesAdded, linesDeleted }: WorkDone): readonly string[] {
  return [title, count(events, "event"), count(streams, "file"), `${lines(linesAdded, linesDeleted)} lines`];
}

/** Rows with their columns under each other; all but the last are padded on the left. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number): string =>
    column === widths.length - 1 ? text : text.padStart(widths[column] ?? 0);
  return rows.map((row) => `  ${row.map(cell).join("  ")}`);
}

function count(quantity: number, one: string, many = `${one}s`): string {
  return `${number(quantity)} ${quantity === 1 ? one : many}`;
}

function number(quantity: number): string {
  return NUMBERS.format(quantity);
}

function lines(added: number, deleted: number): string {
  return `+${number(added)} −${number(deleted)}`;
}

function time(date: Date): string {
  return date
    .toISOString()
    .replace("T", " ")
    .replace(/(\.\d+)?Z$/, " UTC");
}
