import type { ProjectionStore } from "@eventfold/projections";
import { keysetPage, sortBy } from "@eventfold/query";
import type { EventStore, StoredEvent } from "@eventfold/store";
import { type CommitMetadata, parseCommitMetadata } from "../events/commit-metadata.ts";
import { FILES, type FileEvents } from "../events/file-events.ts";
import { type Contributor, contributorProjector } from "../projections/contributor-projector.ts";
import { type ChangedFile, fileProjector } from "../projections/file-projector.ts";
import { type HistoryState, type HistoryTotals, historyProjector } from "../projections/history-projector.ts";

/** An event together with the commit it comes from. */
export interface CommitEvent {
  readonly event: StoredEvent;
  readonly metadata: CommitMetadata;
}

/** What is told of all stored events of files. */
export interface HistorySummary extends HistoryTotals {
  readonly streams: number;
  /** How many people wrote commits that touch files. */
  readonly contributors: number;
  /** Those with the most commits, then by name. */
  readonly topContributors: readonly Contributor[];
  /** Those that changed most often, then by path. */
  readonly topFiles: readonly ChangedFile[];
  /** The last one in the log. */
  readonly newest: CommitEvent | undefined;
  /** The one that waited longest between being written and being committed. */
  readonly longestWait: CommitEvent | undefined;
}

/** Where to look. */
export interface SummarySources {
  readonly store: EventStore;
  readonly projections: ProjectionStore;
}

const TOP = keysetPage({ size: 10 });

/** Reads the summary from the projections, by queries, and the two events that it names. */
export async function summarizeHistory({ store, projections }: SummarySources): Promise<HistorySummary> {
  const files = projections.of(fileProjector);
  const contributors = projections.of(contributorProjector);
  const { longestWait, ...totals } = await historyState(projections);
  const topContributors = await contributors.search(
    { sort: [sortBy("state.commits", "desc"), sortBy("state.name"), sortBy("state.email")], paging: TOP },
    versionOf(contributorProjector),
  );
  const topFiles = await files.search(
    { sort: [sortBy("state.changes", "desc"), sortBy("state.path")], paging: TOP },
    versionOf(fileProjector),
  );
  return {
    ...totals,
    streams: await files.count({}, versionOf(fileProjector)),
    contributors: await contributors.count({}, versionOf(contributorProjector)),
    topContributors: topContributors.items.map(({ state: { lastCommit: _, ...contributor } }) => contributor),
    topFiles: topFiles.items.map(({ state }) => state),
    newest: commitEvent(await store.category<FileEvents>(FILES).latest()),
    longestWait: longestWait === null ? undefined : commitEvent(await store.eventById(longestWait.eventId)),
  };
}

/** Readers would else see the version that is active; this program reads what it has just made. */
function versionOf({ version }: { readonly version: number }): { readonly projectorVersion: number } {
  return { projectorVersion: version };
}

async function historyState(projections: ProjectionStore): Promise<HistoryState> {
  const stored = await projections.of(historyProjector).load({ id: FILES, ...versionOf(historyProjector) });
  return stored?.state ?? historyProjector.initial({ kind: "category", category: FILES }, FILES).state;
}

function commitEvent(event: StoredEvent | undefined): CommitEvent | undefined {
  return event && { event, metadata: parseCommitMetadata(event.metadata) };
}
