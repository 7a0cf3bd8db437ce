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

async function openBeside(storage: OpenStorage): Promise<Database> {
  return {
    store: new EventStore({ adapter: storage.adapter }),
    projections: new ProjectionStore({ adapter: await storage.openProjections() }),
    processing: await storage.openProcessing(),
    description: storage.description,
    close: storage.close,
  };
}
