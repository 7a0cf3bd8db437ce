import type { ProjectionStore } from "@eventfold/projections";
import {
  type CategoryIdentifier,
  type EventCategory,
  isEventfoldError,
  type StoredEvent,
  sequenceNumberAfter,
} from "@eventfold/store";
import { FILES, type FileEvents } from "../events/file-events.ts";
import { contributorProjector } from "./contributor-projector.ts";
import { fileProjector } from "./file-projector.ts";
import { historyProjector } from "./history-projector.ts";
import { KeyedFold } from "./keyed-fold.ts";

/** What is folded, and where it is kept. */
export interface UpdateOptions {
  readonly files: EventCategory<FileEvents>;
  readonly projections: ProjectionStore;
  readonly signal?: AbortSignal | undefined;
}

const PAGE_EVENTS = 1_000;

/** Enough for most histories to be saved at once, little enough to fit any memory. */
const MOST_IN_MEMORY = 10_000;

/**
 * Folds the events that are new since the last time onto the stored projections: the history, its contributors and its
 * files. All that some stretch of events changes is saved together, with how far it was read: whenever it is interrupted,
 * what is stored is the fold of a beginning of the log, and goes on from there. A rival's progress is taken over.
 *
 * Memory holds some 10,000 projections, and a page of events.
 *
 * @returns how many events were new.
 */
export async function updateProjections(options: UpdateOptions): Promise<number> {
  for (let events = 0; ; ) {
    try {
      for await (const saved of foldNewEvents(options)) events += saved;
      return events;
    } catch (error) {
      if (!isEventfoldError(error, "PROJECTION_CONFLICT")) throw error;
    }
  }
}

/** Yields how many events each save took in. */
async function* foldNewEvents({ files, projections, signal }: UpdateOptions): AsyncGenerator<number> {
  const { version: projectorVersion } = historyProjector;
  const stored = await projections.of(historyProjector).load({ id: FILES, projectorVersion });
  const constraints = [sequenceNumberAfter(stored?.lastSequenceNumber ?? 0)];
  const folds = foldsOf(projections, files.identifier);
  let isAnythingStored = stored !== undefined;
  let events = 0;
  for await (const page of pagesOf(files.scan({ constraints, signal }))) {
    for (const fold of folds) await fold.add(page, { isAnythingStored });
    events += page.length;
    if (folds.reduce((sum, { size }) => sum + size, 0) < MOST_IN_MEMORY) continue;
    await save(projections, folds);
    isAnythingStored = true;
    yield events;
    events = 0;
  }
  await save(projections, folds);
  yield events;
}

/** A fold whatever it makes. */
type AnyFold = Pick<KeyedFold<unknown>, "add" | "clear" | "folded" | "seen" | "size">;

function foldsOf(projections: ProjectionStore, source: CategoryIdentifier): readonly AnyFold[] {
  const [histories, contributors] = [projections.of(historyProjector), projections.of(contributorProjector)];
  const files = projections.of(fileProjector);
  const versionOf = ({ version }: { readonly version: number }) => ({ projectorVersion: version });
  return [
    new KeyedFold({
      projector: historyProjector,
      source,
      load: (id) => histories.load({ id, ...versionOf(historyProjector) }),
    }),
    new KeyedFold({
      projector: contributorProjector,
      source,
      load: (id) => contributors.load({ id, ...versionOf(contributorProjector) }),
    }),
    new KeyedFold({ projector: fileProjector, source, load: (id) => files.load({ id, ...versionOf(fileProjector) }) }),
  ];
}

async function save(projections: ProjectionStore, folds: readonly AnyFold[]): Promise<void> {
  const folded = folds.flatMap((fold) => fold.folded);
  await projections.saveMany(folded, { unchangedSince: folds.flatMap(({ seen }) => seen) });
  for (const fold of folds) fold.clear();
}

async function* pagesOf(events: AsyncIterable<StoredEvent<FileEvents>>): AsyncGenerator<StoredEvent<FileEvents>[]> {
  let page: StoredEvent<FileEvents>[] = [];
  for await (const event of events) {
    page.push(event);
    if (page.length < PAGE_EVENTS) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
