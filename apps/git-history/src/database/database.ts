import type { ProcessingStorageAdapter } from "@eventfold/processing";
import { ProjectionStore } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { EXIT_CODES, Failure } from "../command/failure.ts";
import type { DatabaseAddress } from "./database-address.ts";
import type { DatabaseKind, OpenStorage } from "./database-kind.ts";
import { MEMORY } from "./memory-database.ts";
import { POSTGRES } from "./postgres-database.ts";
import { SQLITE } from "./sqlite-database.ts";

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

/** Every kind of database that `--db` knows. */
const KINDS: readonly DatabaseKind[] = [MEMORY, SQLITE, POSTGRES];

/** How each kind is written, for the help. */
export const DATABASE_USAGES: readonly string[] = KINDS.flatMap(({ usages }) => usages);

/**
 * Checks that an address is one of a database that is known, without opening it.
 *
 * @throws {@link Failure} when its kind is unknown, or it is not as its kind is written.
 */
export function checkDatabaseAddress(address: DatabaseAddress): void {
  const kind = kindOf(address);
  const complaint = kind?.complaintAbout(address);
  if (kind !== undefined && complaint === undefined) return;
  const problem = complaint ?? `${address.kind} is not a database that is known here`;
  throw new Failure(`${problem}: give --db ${DATABASE_USAGES.join(", or ")}.`, { exitCode: EXIT_CODES.usage });
}

/**
 * Opens a database, and creates it if there is none. A path is relative to the directory. Close it when done.
 *
 * @throws {@link Failure} for an address that {@link checkDatabaseAddress} refuses; what its adapter throws.
 */
export async function openDatabase(address: DatabaseAddress, directory: string): Promise<Database> {
  checkDatabaseAddress(address);
  const storage = await kindOf(address)?.open(address, directory);
  if (storage === undefined) throw new TypeError("A checked address has a kind.");
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

function kindOf({ kind }: DatabaseAddress): DatabaseKind | undefined {
  return KINDS.find(({ names }) => names.includes(kind));
}
