import type { EventCategory, StoredEvent } from "@eventfold/store";
import { type CommitMetadata, parseCommitMetadata } from "../events/commit-metadata.ts";
import type { FileEvents } from "../events/file-events.ts";
import { highest } from "./ranking.ts";

/** Somebody who wrote commits. */
export interface Contributor {
  readonly name: string;
  readonly email: string;
  /** Commits that touch files. */
  readonly commits: number;
  readonly events: number;
  readonly linesAdded: number;
  readonly linesDeleted: number;
}

/** A file and how often it changed. */
export interface ChangedFile {
  readonly stream: string;
  readonly events: number;
}

/** An event together with the commit it comes from. */
export interface CommitEvent {
  readonly event: StoredEvent<FileEvents>;
  readonly metadata: CommitMetadata;
}

/** What all stored events of files add up to. */
export interface HistorySummary {
  readonly events: number;
  readonly streams: number;
  readonly added: number;
  readonly modified: number;
  readonly renamed: number;
  readonly deleted: number;
  readonly linesAdded: number;
  readonly linesDeleted: number;
  /** Those with the most commits. */
  readonly contributors: readonly Contributor[];
  /** The streams with the most events. */
  readonly changedFiles: readonly ChangedFile[];
  /** The last one in the log. */
  readonly newest: CommitEvent | undefined;
  /** The one that waited longest between being written and being committed. */
  readonly longestWait: CommitEvent | undefined;
}

const TOP = 10;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Adds up the whole category in one scan.
 *
 * Memory holds a number for each file and a line for each author, however many events there are.
 */
export async function summarizeHistory(
  files: EventCategory<FileEvents>,
  signal?: AbortSignal,
): Promise<HistorySummary> {
  const fold = new SummaryFold();
  for await (const event of files.scan({ signal })) fold.add(event);
  return fold.summary();
}

class SummaryFold {
  readonly #totals = { events: 0, linesAdded: 0, linesDeleted: 0 };
  readonly #byName: Record<keyof FileEvents, number> = {
    "file-added": 0,
    "file-modified": 0,
    "file-renamed": 0,
    "file-deleted": 0,
  };
  readonly #contributors = new Map<string, Writable<Contributor>>();
  readonly #streams = new Map<string, number>();
  #newest: CommitEvent | undefined;
  #longestWait: CommitEvent | undefined;

  add(event: StoredEvent<FileEvents>): void {
    const metadata = parseCommitMetadata(event.metadata);
    const isSameCommit = this.#newest?.metadata.commit === metadata.commit;
    this.#byName[event.name] += 1;
    this.#streams.set(event.stream, (this.#streams.get(event.stream) ?? 0) + 1);
    const contributor = this.#contributorOf(metadata);
    if (!isSameCommit) contributor.commits += 1; // The events of a commit follow each other: it was one publish.
    for (const sum of [this.#totals, contributor]) addLines(sum, event);
    this.#newest = { event, metadata };
    if (waitMs(event) > waitMs(this.#longestWait?.event)) this.#longestWait = this.#newest;
  }

  summary(): HistorySummary {
    const changedFiles = Array.from(this.#streams, ([stream, events]) => ({ stream, events }));
    return {
      ...this.#totals,
      streams: this.#streams.size,
      added: this.#byName["file-added"],
      modified: this.#byName["file-modified"],
      renamed: this.#byName["file-renamed"],
      deleted: this.#byName["file-deleted"],
      contributors: highest(this.#contributors.values(), TOP, ({ commits }) => commits),
      changedFiles: highest(changedFiles, TOP, ({ events }) => events),
      newest: this.#newest,
      longestWait: this.#longestWait,
    };
  }

  #contributorOf({ author: { name, email } }: CommitMetadata): Writable<Contributor> {
    const key = JSON.stringify([name, email]);
    const known = this.#contributors.get(key);
    if (known !== undefined) return known;
    const contributor = { name, email, commits: 0, events: 0, linesAdded: 0, linesDeleted: 0 };
    this.#contributors.set(key, contributor);
    return contributor;
  }
}

function addLines(
  sum: { events: number; linesAdded: number; linesDeleted: number },
  { payload }: StoredEvent<FileEvents>,
): void {
  sum.events += 1;
  sum.linesAdded += payload.linesAdded ?? 0;
  sum.linesDeleted += payload.linesDeleted ?? 0;
}

function waitMs(event: StoredEvent<FileEvents> | undefined): number {
  return event === undefined ? 0 : event.observedAt.getTime() - event.occurredAt.getTime();
}
