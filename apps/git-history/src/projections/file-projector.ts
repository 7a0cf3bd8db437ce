import { projectorFor } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/store";
import type { FileEvents } from "../events/file-events.ts";

/** A path and how often what is there changed. */
export interface ChangedFile {
  /** The whole path, encoded as in the name of its stream. */
  readonly path: string;
  readonly changes: number;
  readonly linesAdded: number;
  readonly linesDeleted: number;
}

/** One projection for each file, under the name of its stream. */
export const fileProjector = projectorFor<ChangedFile, FileEvents>()({
  name: "file",
  source: "category",
  key: ({ stream }) => stream,
  initialState: () => ({ path: "", changes: 0, linesAdded: 0, linesDeleted: 0 }),
  handlers: {
    "file-added": withEvent,
    "file-modified": withEvent,
    "file-renamed": withEvent,
    "file-deleted": withEvent,
  },
});

function withEvent(state: ChangedFile, { stream, payload }: StoredEvent<FileEvents>): ChangedFile {
  return {
    path: payload.path ?? stream,
    changes: state.changes + 1,
    linesAdded: state.linesAdded + (payload.linesAdded ?? 0),
    linesDeleted: state.linesDeleted + (payload.linesDeleted ?? 0),
  };
}
