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
import type { TableAccess } from "../connection/table-access.ts";
import type { KeyTables } from "./key-tables.ts";

/** Keys in SQLite: each call that writes is one short transaction, in the same queue as all other writes on the connection. */
export class SqliteKeyStorage implements KeyStorage {
  readonly #access: TableAccess<KeyTables>;
  readonly #onForgotten: () => void;

  /** @param onForgotten called after keys were deleted, and that is committed. */
  constructor(access: TableAccess<KeyTables>, onForgotten: () => void) {
    this.#access = access;
    this.#onForgotten = onForgotten;
  }

  get isClosed(): boolean {
    return this.#access.isClosed;
  }

  current(subjects: readonly string[]): Promise<readonly SubjectState[]> {
    return this.#access.read((tables) => subjects.map((subject) => tables.stateOf(subject)));
  }

  add(additions: readonly KeyAddition[]): Promise<readonly SubjectState[]> {
    return this.#access.write((tables) => additions.map((addition) => tables.add(addition)));
  }

  find(references: readonly KeyReference[]): Promise<readonly FoundKey[]> {
    return this.#access.read((tables) => references.map((reference) => tables.find(reference)));
  }

  async forget(tombstones: readonly Tombstone[]): Promise<readonly Tombstone[]> {
    const stored = await this.#access.write((tables) => tombstones.map((tombstone) => tables.forget(tombstone)));
    this.#onForgotten();
    return stored;
  }

  listKeys(listing: KeyListing): Promise<readonly StoredKey[]> {
    return this.#access.read((tables) => tables.listKeys(listing));
  }

  listTombstones(listing: KeyListing): Promise<readonly Tombstone[]> {
    return this.#access.read((tables) => tables.listTombstones(listing));
  }

  replaceSecrets(replacements: readonly SecretReplacement[]): Promise<void> {
    return this.#access.write((tables) => {
      for (const replacement of replacements) tables.replaceSecret(replacement);
    });
  }
}
