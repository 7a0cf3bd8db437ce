import { eventIdFrom, type NewEvent } from "@eventfold/store";
import type { Commit, FileChange } from "../git/commit.ts";
import { commitMetadata } from "./commit-metadata.ts";
import type { FileChanged, FileEvents } from "./file-events.ts";
import { encodedPath, streamNameOf } from "./stream-name.ts";

/** What a commit adds to the stream of one file. */
export interface FileEntry {
  readonly stream: string;
  readonly events: readonly NewEvent<FileEvents>[];
}

/**
 * What to publish for a commit: an entry for each file it touches, in git's order; none for a merge or an empty commit.
 *
 * Each file has one event, observed when the commit was committed and having occurred when it was written. Its id is made
 * from the commit and the stream, so that publishing it again is recognised. (Only a damaged tree, which names a file
 * twice, gives a stream more than one event of a commit; these are numbered.)
 */
export function commitEntries(commit: Commit): readonly FileEntry[] {
  const entries = new Map<string, NewEvent<FileEvents>[]>();
  const shared = {
    metadata: commitMetadata(commit),
    occurredAt: commit.author.at,
    observedAt: commit.committer.at,
  };
  for (const change of commit.changes) {
    const stream = streamNameOf(change.path);
    const events = entries.get(stream) ?? [];
    const id = events.length === 0 ? eventIdFrom(commit.hash, stream) : eventIdFrom(commit.hash, stream, events.length);
    events.push({ ...eventOf(change, stream), ...shared, id });
    entries.set(stream, events);
  }
  return Array.from(entries, ([stream, events]) => ({ stream, events }));
}

function eventOf(change: FileChange, stream: string): NewEvent<FileEvents> {
  const payload = payloadOf(change, stream);
  switch (change.kind) {
    case "added":
      return { name: "file-added", payload };
    case "modified":
      return { name: "file-modified", payload };
    case "deleted":
      return { name: "file-deleted", payload };
    case "renamed":
      return {
        name: "file-renamed",
        payload: { ...payload, from: streamNameOf(change.from), similarity: change.similarity },
      };
  }
}

function payloadOf({ path, linesAdded, linesDeleted, mode }: FileChange, stream: string): FileChanged {
  const whole = encodedPath(path);
  return { linesAdded, linesDeleted, mode, ...(whole === stream ? {} : { path: whole }) };
}
