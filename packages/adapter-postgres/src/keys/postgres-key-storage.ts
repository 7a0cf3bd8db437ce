import type {
  FoundKey,
  KeyAddition,
  KeyListing,
  KeyReference,
  KeyStorage,
  SecretReplacement,
  StoredKey,
  SubjectState,
  Tombstone,
} from "@eventfold/events";
import type { Lifetime } from "@eventfold/store/adapter";
import * as calls from "./key-calls.ts";

/** How a storage reaches the server. */
export interface KeyAccess {
  readonly lifetime: Lifetime;
  /** Makes a call, in one round trip, and gives its answer. */
  run<TAnswer>(call: calls.KeyCall<TAnswer>): Promise<TAnswer>;
}

/** Keys in PostgreSQL: each call is one function of the database, committed by itself. */
export class PostgresKeyStorage implements KeyStorage {
  readonly #access: KeyAccess;

  constructor(access: KeyAccess) {
    this.#access = access;
  }

  get isClosed(): boolean {
    return this.#access.lifetime.isEnded;
  }

  current(subjects: readonly string[]): Promise<readonly SubjectState[]> {
    return this.#access.run(calls.current(subjects));
  }

  add(additions: readonly KeyAddition[]): Promise<readonly SubjectState[]> {
    return this.#access.run(calls.add(additions));
  }

  find(references: readonly KeyReference[]): Promise<readonly FoundKey[]> {
    return this.#access.run(calls.find(references));
  }

  forget(tombstones: readonly Tombstone[]): Promise<readonly Tombstone[]> {
    return this.#access.run(calls.forget(tombstones));
  }

  listKeys(listing: KeyListing): Promise<readonly StoredKey[]> {
    return this.#access.run(calls.listKeys(listing));
  }

  listTombstones(listing: KeyListing): Promise<readonly Tombstone[]> {
    return this.#access.run(calls.listTombstones(listing));
  }

  replaceSecrets(replacements: readonly SecretReplacement[]): Promise<void> {
    return this.#access.run(calls.replaceSecrets(replacements));
  }
}
