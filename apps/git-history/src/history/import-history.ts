import type { EventCategory } from "@eventfold/store";
import { commitEntries } from "../events/commit-entries.ts";
import type { FileEvents } from "../events/file-events.ts";
import type { Commit } from "../git/commit.ts";
import { PublishWindow } from "./publish-window.ts";

/** What an import has done. */
export interface ImportTally {
  /** Commits of which all is stored; merges and empty ones, which have nothing to store, among them. */
  readonly commits: number;
  /** Events of these commits, whether they were stored now or before. */
  readonly events: number;
  /** Events that were stored now. */
  readonly newEvents: number;
}

/** An import. */
export interface ImportOptions {
  /** Parents before children. */
  readonly commits: AsyncIterable<Commit>;
  readonly files: EventCategory<FileEvents>;
  /** Told after each commit; must be cheap. */
  readonly onCommit?: ((tally: ImportTally) => void) | undefined;
}

/** Enough to fill the commits of the store, little enough to fit any memory; a commit of more files goes out alone. */
const IN_FLIGHT = { maxPublishes: 256, maxStreams: 8192 };

/**
 * Stores a history: one commit, one atomic publish over the streams of the files it touches, each stream in the order of
 * the commits. What is stored already is recognised by its ids and left alone, so an import that was interrupted is
 * completed by repeating it.
 *
 * Memory holds the commits in flight: at most 256, of at most 8,192 files together, or one of any number.
 *
 * When it fails, what was in flight is waited for first; what was stored stays.
 *
 * @throws what reading the commits or publishing them throws.
 */
export async function importHistory({ commits, files, onCommit }: ImportOptions): Promise<ImportTally> {
  const window = new PublishWindow(IN_FLIGHT);
  let tally: ImportTally = { commits: 0, events: 0, newEvents: 0 };
  const count = (events: number, newEvents: number): void => {
    tally = { commits: tally.commits + 1, events: tally.events + events, newEvents: tally.newEvents + newEvents };
    onCommit?.(tally);
  };
  try {
    for await (const commit of commits) {
      const streams = commitEntries(commit);
      if (streams.length === 0) count(0, 0);
      else await window.admit({ streams: streams.map(({ stream }) => stream), publish: () => publishOne(streams) });
    }
  } catch (error) {
    await window.drain().catch(() => undefined); // The failure that came first is the one to tell.
    throw error;
  }
  await window.drain();
  return tally;

  async function publishOne(streams: ReturnType<typeof commitEntries>): Promise<void> {
    const published = await files.publish({ streams });
    const events = streams.reduce((sum, entry) => sum + entry.events.length, 0);
    count(events, published.isRepeat ? 0 : events);
  }
}
