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
import { compareCodePoints } from "../code-point-order.ts";
import type { MemoryKeyTable } from "./memory-key-table.ts";

/** Keys in memory: every call is done when it returns, and waits for nobody. */
export class MemoryKeyStorage implements KeyStorage {
  readonly #lifetime: Lifetime;
  readonly #table: MemoryKeyTable;

  constructor(lifetime: Lifetime, table: MemoryKeyTable) {
    this.#lifetime = lifetime;
    this.#table = table;
  }

  get isClosed(): boolean {
    return this.#lifetime.isEnded;
  }

  async current(subjects: readonly string[]): Promise<readonly SubjectState[]> {
    this.#lifetime.throwIfEnded();
    return subjects.map((subject) => this.#stateOf(subject));
  }

  async add(additions: readonly KeyAddition[]): Promise<readonly SubjectState[]> {
    this.#lifetime.throwIfEnded();
    return additions.map(({ key, replaces }) => {
      const { id, subject } = key;
      if (!this.#table.forgottenAtMs.has(subject) && this.#table.current.get(subject) === replaces) {
        this.#table.keys.set(id, Object.freeze({ ...key }));
        this.#table.current.set(subject, id);
      }
      return this.#stateOf(subject);
    });
  }

  async find(references: readonly KeyReference[]): Promise<readonly FoundKey[]> {
    this.#lifetime.throwIfEnded();
    return references.map(({ id, subject }): FoundKey => {
      const key = this.#table.keys.get(id);
      if (key?.subject === subject) return { kind: "key", key };
      return this.#tombstoneState(subject) ?? { kind: "unknown" };
    });
  }

  async forget(tombstones: readonly Tombstone[]): Promise<readonly Tombstone[]> {
    this.#lifetime.throwIfEnded();
    for (const { subject, forgottenAt } of tombstones) {
      if (!this.#table.forgottenAtMs.has(subject)) this.#table.forgottenAtMs.set(subject, forgottenAt.getTime());
      this.#table.current.delete(subject);
    }
    const forgotten = new Set(tombstones.map(({ subject }) => subject));
    for (const { id, subject } of this.#table.keys.values()) if (forgotten.has(subject)) this.#table.keys.delete(id);
    return tombstones.map(({ subject }) => this.#tombstone(subject));
  }

  async listKeys(listing: KeyListing): Promise<readonly StoredKey[]> {
    this.#lifetime.throwIfEnded();
    return pageOf(this.#table.keys.keys(), listing).map((id) => this.#table.keys.get(id) as StoredKey);
  }

  async listTombstones(listing: KeyListing): Promise<readonly Tombstone[]> {
    this.#lifetime.throwIfEnded();
    return pageOf(this.#table.forgottenAtMs.keys(), listing).map((subject) => this.#tombstone(subject));
  }

  async replaceSecrets(replacements: readonly SecretReplacement[]): Promise<void> {
    this.#lifetime.throwIfEnded();
    for (const { id, subject, was, secret, encryptedWith } of replacements) {
      const key = this.#table.keys.get(id);
      if (key?.subject !== subject || key.secret !== was) continue;
      this.#table.keys.set(id, Object.freeze({ id, subject, secret, encryptedWith }));
    }
  }

  #stateOf(subject: string): SubjectState {
    const key = this.#table.keys.get(this.#table.current.get(subject) ?? "");
    return key === undefined ? (this.#tombstoneState(subject) ?? { kind: "keyless" }) : { kind: "keyed", key };
  }

  #tombstoneState(subject: string): Extract<SubjectState, { kind: "forgotten" }> | undefined {
    if (!this.#table.forgottenAtMs.has(subject)) return undefined;
    return { kind: "forgotten", forgottenAt: this.#tombstone(subject).forgottenAt };
  }

  #tombstone(subject: string): Tombstone {
    return { subject, forgottenAt: new Date(this.#table.forgottenAtMs.get(subject) ?? Number.NaN) };
  }
}

function pageOf(names: Iterable<string>, { after, limit }: KeyListing): readonly string[] {
  const sorted = [...names].sort(compareCodePoints);
  return sorted.filter((name) => after === undefined || compareCodePoints(name, after) > 0).slice(0, limit);
}
