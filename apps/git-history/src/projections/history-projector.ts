import { projectorFor } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/store";
import type { FileEvents } from "../events/file-events.ts";

/** What all events of files add up to. */
export interface HistoryTotals {
  readonly events: number;
  readonly added: number;
  readonly modified: number;
  readonly renamed: number;
  readonly deleted: number;
  readonly linesAdded: number;
  readonly linesDeleted: number;
}

/** What the projection of all files knows. */
export interface HistoryState extends HistoryTotals {
  /** The event that waited longest between being written and being committed; `null` while none has waited. */
  readonly longestWait: { readonly eventId: string; readonly ms: number } | null;
}

/** One projection of all files, under the name of their category. How far it has read is how far all the others have. */
export const historyProjector = projectorFor<HistoryState, FileEvents>()({
  name: "history",
  source: "category",
  key: ({ category }) => category,
  initialState: () => ({
    ...{ events: 0, added: 0, modified: 0, renamed: 0, deleted: 0, linesAdded: 0, linesDeleted: 0 },
    longestWait: null,
  }),
  handlers: {
    "file-added": (state, event) => ({ ...withEvent(state, event), added: state.added + 1 }),
    "file-modified": (state, event) => ({ ...withEvent(state, event), modified: state.modified + 1 }),
    "file-renamed": (state, event) => ({ ...withEvent(state, event), renamed: state.renamed + 1 }),
    "file-deleted": (state, event) => ({ ...withEvent(state, event), deleted: state.deleted + 1 }),
  },
});

function withEvent(state: HistoryState, event: StoredEvent<FileEvents>): HistoryState {
  const { id: eventId, payload, occurredAt, observedAt } = event;
  const ms = observedAt.getTime() - occurredAt.getTime();
  return {
    ...state,
    events: state.events + 1,
    linesAdded: state.linesAdded + (payload.linesAdded ?? 0),
    linesDeleted: state.linesDeleted + (payload.linesDeleted ?? 0),
    longestWait: ms > (state.longestWait?.ms ?? 0) ? { eventId, ms } : state.longestWait,
  };
}
