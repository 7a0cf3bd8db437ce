import { type DatabaseAddress, type OpenStorage, openStorage } from "@eventfold/databases";
import type { ProcessingStorageAdapter } from "@eventfold/processing";
import { ProjectionStore } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";

/** An open store and what it is in. */
export interface Database {
  readonly store: EventStore;
  readonly projections: ProjectionStore;
  /** Where it is kept how far the projections have come. */
  readonly processing: ProcessingStorageAdapter;
  /** As it is told in a report. */
  readonly description: string;
  readonly close: () => Promise<void>;
}

/**
 * Opens a database, and creates it if there is none. A path is relative to the directory. Close it when done.
 *
 * @throws `Failure` for an address of no database that is known; what its adapter throws.
 */
export async function openDatabase(address: DatabaseAddress, directory: string): Promise<Database> {
  const storage = await openStorage(address, { directory });
  try {
    return await openBeside(storage);
  } catch (error) {
    await storage.close();
    throw error;
  }
}

async function openBeside({
  adapter,
  openProjections,
  openProcessing,
  description,
  close,
}: OpenStorage): Promise<Database> {
  const projections = await openProjections();
  const processing = await openProcessing();
  return {
    store: new EventStore({ adapter }),
    projections: new ProjectionStore({ adapter: projections }),
    processing,
    description,
    async close() {
      await processing.close();
      await projections.close();
      await close();
    },
  };
}
