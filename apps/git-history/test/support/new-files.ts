import { parseDatabaseAddress } from "@eventfold/databases";
import type { ProcessingStorageAdapter } from "@eventfold/processing";
import type { ProjectionStore } from "@eventfold/projections";
import type { EventCategory } from "@eventfold/store";
import { openDatabase } from "../../src/database/database.ts";
import { FILES, type FileEvents } from "../../src/events/file-events.ts";
import { updateProjections } from "../../src/projections/update-projections.ts";
import { type HistorySummary, summarizeHistory } from "../../src/report/history-summary.ts";

/** An empty category of files, and what is told of it. */
export interface NewFiles {
  readonly files: EventCategory<FileEvents>;
  readonly projections: ProjectionStore;
  readonly processing: ProcessingStorageAdapter;
  /** Brings the projections up to date, and reads the summary. */
  readonly summary: () => Promise<HistorySummary>;
}

/** Makes one in memory. */
export async function newFiles(): Promise<NewFiles> {
  const { store, projections, processing } = await openDatabase(parseDatabaseAddress("memory"), ".");
  const files = store.category<FileEvents>(FILES);
  const summary = async (): Promise<HistorySummary> => {
    await updateProjections({ files, projections, processing });
    return summarizeHistory({ store, projections });
  };
  return { files, projections, processing, summary };
}
