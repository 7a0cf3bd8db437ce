import type { EventStorageAdapter } from "@eventfold/store";
import type { DatabaseAddress } from "./database-address.ts";

/** A kind of database that events can be stored in. */
export interface DatabaseKind {
  /** What an address of it begins with. */
  readonly name: string;
  /** How an address of it is written. */
  readonly usage: string;
  /** What is wrong with an address of it, if anything. */
  readonly complaintAbout: (address: DatabaseAddress) => string | undefined;
  /** Loads its driver, which the others then do not need, and opens it; a path is relative to the directory. */
  readonly open: (address: DatabaseAddress, directory: string) => Promise<EventStorageAdapter>;
}
