import type { StoredEvent } from "@eventfold/store";
import { parseCommitMetadata } from "../../src/events/commit-metadata.ts";
import type { FileEvents } from "../../src/events/file-events.ts";
import { streamNameOf } from "../../src/events/stream-name.ts";
import type { Commit } from "../../src/git/commit.ts";

/** The commit and stream of every change, in git's order. */
export function placesIn(commits: readonly Commit[]): string[] {
  return commits.flatMap(({ hash, changes }) => changes.map(({ path }) => `${hash} ${streamNameOf(path)}`));
}

/** The commit and stream of an event. */
export function placeOf({ stream, metadata }: StoredEvent<FileEvents>): string {
  return `${parseCommitMetadata(metadata).commit} ${stream}`;
}
