import type { DatabaseAddress } from "./database-address.ts";
import type { DatabaseKind, OpenStorage, OpenStorageOptions } from "./database-kind.ts";
import { EXIT_CODES, Failure } from "./failure.ts";
import { MEMORY } from "./memory-database.ts";
import { POSTGRES } from "./postgres-database.ts";
import { SQLITE } from "./sqlite-database.ts";

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
  kindOf(address);
}

/**
 * Opens a database, and creates it if there is none. Close it when done. Projections, processing and keys are opened when they are
 * first asked for; later calls return the same ones, and `close` closes them too.
 *
 * @throws {@link Failure} for an address that {@link checkDatabaseAddress} refuses; what its adapter throws.
 */
export async function openStorage(address: DatabaseAddress, options: OpenStorageOptions): Promise<OpenStorage> {
  const storage = await kindOf(address).open(address, options);
  const projections = openedOnce(storage.openProjections);
  const processing = openedOnce(storage.openProcessing);
  const keys = openedOnce(storage.openKeys);
  return {
    ...storage,
    openProjections: projections.open,
    openProcessing: processing.open,
    openKeys: keys.open,
    async close() {
      for (const each of [keys, processing, projections, storage]) await each.close();
    },
  };
}

function openedOnce<T extends { close(): Promise<void> }>(openFirst: () => Promise<T>) {
  let first: Promise<T> | undefined;
  return {
    open(): Promise<T> {
      first ??= openFirst();
      return first;
    },
    async close(): Promise<void> {
      await (await first)?.close();
    },
  };
}

function kindOf(address: DatabaseAddress): DatabaseKind {
  const kind = KINDS.find(({ names }) => names.includes(address.kind));
  const complaint = kind?.complaintAbout(address);
  if (kind !== undefined && complaint === undefined) return kind;
  const problem = complaint ?? `${address.kind} is not a database that is known here`;
  throw new Failure(`${problem}: give --db ${DATABASE_USAGES.join(", or ")}.`, { exitCode: EXIT_CODES.usage });
}
