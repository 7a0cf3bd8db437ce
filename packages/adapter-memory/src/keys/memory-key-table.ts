import type { StoredKey } from "@eventfold/events";

/** The keys of a database. */
export class MemoryKeyTable {
  readonly keys = new Map<string, StoredKey>();
  /** The id of the current key, by subject. */
  readonly current = new Map<string, string>();
  /** The times of the tombstones, by subject. */
  readonly forgottenAtMs = new Map<string, number>();
}
