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

/** Keys in memory: every call is done when it returns, and waits for nobody. */
export class MemoryKeyStorage implements KeyStorage {
  readonly #lifetime: Lifetime;
  readonly #keys = new Map<string, StoredKey>();
  /** The id of the current key, by subject. */
  readonly #current = new Map<string, string>();
  /** The times of the tombstones, by subject. */
  readonly #forgottenAtMs = new Map<string, number>();

  constructor(lifetime: Lifetime) {
    this.#lifetime = lifetime;
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
      if (!this.#forgottenAtMs.has(subject) && this.#current.get(subject) === replaces) {
        this.#keys.set(id, Object.freeze({ ...key }));
        this.#current.set(subject, id);
      }
      return this.#stateOf(subject);
    });
  }

  async find(references: readonly KeyReference[]): Promise<readonly FoundKey[]> {
    this.#lifetime.throwIfEnded();
    return references.map(({ id, subject }): FoundKey => {
      const key = this.#keys.get(id);
      if (key?.subject === subject) return { kind: "key", key };
      return this.#tombstoneState(subject) ?? { kind: "unknown" };
    });
  }

  async forget(tombstones: readonly Tombstone[]): Promise<readonly Tombstone[]> {
    this.#lifetime.throwIfEnded();
    for (const { subject, forgottenAt } of tombstones) {
      if (!this.#forgottenAtMs.has(subject)) this.#forgottenAtMs.set(subject, forgottenAt.getTime());
      this.#current.delete(subject);
    }
    const forgotten = new Set(tombstones.map(({ subject }) => subject));
    for (const { id, subject } of this.#keys.values()) if (forgotten.has(subject)) this.#keys.delete(id);
    return tombstones.map(({ subject }) => this.#tombstone(subject));
  }

  async listKeys(listing: KeyListing): Promise<readonly StoredKey[]> {
    this.#lifetime.throwIfEnded();
    return pageOf(this.#keys.keys(), listing).map((id) => this.#keys.get(id) as StoredKey);
  }

  async listTombstones(listing: KeyListing): Promise<readonly Tombstone[]> {
    this.#lifetime.throwIfEnded();
    return pageOf(this.#forgottenAtMs.keys(), listing).map((subject) => this.#tombstone(subject));
  }

  async replaceSecrets(replacements: readonly SecretReplacement[]): Promise<void> {
    this.#lifetime.throwIfEnded();
    for (const { id, subject, was, secret, encryptedWith } of replacements) {
      const key = this.#keys.get(id);
      if (key?.subject !== subject || key.secret !== was) continue;
      this.#keys.set(id, Object.freeze({ id, subject, secret, encryptedWith }));
    }
  }

  #stateOf(subject: string): SubjectState {
    const key = this.#keys.get(this.#current.get(subject) ?? "");
    return key === undefined ? (this.#tombstoneState(subject) ?? { kind: "keyless" }) : { kind: "keyed", key };
  }

  #tombstoneState(subject: string): Extract<SubjectState, { kind: "forgotten" }> | undefined {
    if (!this.#forgottenAtMs.has(subject)) return undefined;
    return { kind: "forgotten", forgottenAt: this.#tombstone(subject).forgottenAt };
  }

  #tombstone(subject: string): Tombstone {
    return { subject, forgottenAt: new Date(this.#forgottenAtMs.get(subject) ?? Number.NaN) };
  }
}

function pageOf(names: Iterable<string>, { after, limit }: KeyListing): readonly string[] {
  const sorted = [...names].sort(compareCodePoints);
  return sorted.filter((name) => after === undefined || compareCodePoints(name, after) > 0).slice(0, limit);
}
