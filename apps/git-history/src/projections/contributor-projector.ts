import { projectorFor } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/store";
import { parseCommitMetadata } from "../events/commit-metadata.ts";
import type { FileEvents } from "../events/file-events.ts";
import { streamNameOf } from "../events/stream-name.ts";
import type { Person } from "../git/commit.ts";

/** Somebody who wrote commits. */
export interface Contributor extends Person {
  /** Commits that touch files. */
  readonly commits: number;
  readonly events: number;
  readonly linesAdded: number;
  readonly linesDeleted: number;
}

interface ContributorState extends Contributor {
  /** The commit of the last event. The events of a commit follow each other: it was one publish. */
  readonly lastCommit: string;
}

/** One projection for each author: what they did to files. */
export const contributorProjector = projectorFor<ContributorState, FileEvents>()({
  name: "contributor",
  source: "category",
  key: ({ metadata }) => idOf(parseCommitMetadata(metadata).author),
  initialState: () => ({ name: "", email: "", commits: 0, events: 0, linesAdded: 0, linesDeleted: 0, lastCommit: "" }),
  handlers: {
    "file-added": withEvent,
    "file-modified": withEvent,
    "file-renamed": withEvent,
    "file-deleted": withEvent,
  },
});

function withEvent(state: ContributorState, { payload, metadata }: StoredEvent<FileEvents>): ContributorState {
  const { commit, author } = parseCommitMetadata(metadata);
  return {
    name: author.name,
    email: author.email,
    commits: state.commits + (commit === state.lastCommit ? 0 : 1),
    events: state.events + 1,
    linesAdded: state.linesAdded + (payload.linesAdded ?? 0),
    linesDeleted: state.linesDeleted + (payload.linesDeleted ?? 0),
    lastCommit: commit,
  };
}

/** Names may hold anything and be of any length, ids not: they are encoded as paths are. */
function idOf({ name, email }: Person): string {
  return streamNameOf(Buffer.from(JSON.stringify([name, email])));
}
