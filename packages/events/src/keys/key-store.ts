import { checkedTimeoutMs, isEventId } from "@eventfold/store/adapter";
import { eventTimeMs, isEventfoldError } from "@eventfold/types";
import { ForgottenSubjectError } from "../errors/forgotten-subject-error.ts";
import { KeyStoreUnavailableError } from "../errors/key-store-unavailable-error.ts";
import { UnreadableKeyError } from "../errors/unreadable-key-error.ts";
import type { DataKey, KeyLookup } from "./data-key.ts";
import type { KeyEncryption } from "./key-encryption.ts";
import { KeySecrets } from "./key-secrets.ts";
import type {
  FoundKey,
  KeyListing,
  KeyReference,
  KeyStorage,
  StoredKey,
  SubjectState,
  Tombstone,
} from "./key-storage.ts";
import type { KeyStorageAdapter } from "./key-storage-adapter.ts";
import { type Asking, RecentKeys } from "./recent-keys.ts";
import { checkedSubject, faultOf } from "./subject.ts";

/** How a key store is made. */
export interface KeyStoreOptions {
  /** Where keys are stored: an opened adapter. The key store never closes it. */
  readonly adapter: KeyStorageAdapter;
  /** Encrypts keys before they are stored. Default: they are stored as they are. */
  readonly keyEncryption?: KeyEncryption | undefined;
  /**
   * Whether keys that are stored without encryption are used although there is `keyEncryption`: when encryption is introduced, until
   * {@link KeyStore.encryptKeys} has been called. Default: `false`, so that nobody who can write to the storage can slip in a key.
   */
  readonly acceptUnencrypted?: boolean | undefined;
  /**
   * How long what was read is used, in milliseconds, without asking again: how long other processes go on reading and writing the fields
   * of a subject that was forgotten here. Default: 60,000. With 0 every publish and every page asks.
   */
  readonly cacheMs?: number | undefined;
}

/** How many keys or tombstones are gone through at a time. */
const PAGE_SIZE = 500;

/**
 * The keys that protect fields of events, one current key for each subject. To forget a subject, delete its keys: then nobody can read its
 * fields again, wherever copies of the events are.
 *
 * Have one key store in a process: what it has forgotten, it no longer reads from that moment on, and every other one after `cacheMs`.
 *
 * @example
 * ```ts
 * const adapter = await SqliteKeyStorageAdapter.open({ filename: "keys.db" });
 * const keyStore = new KeyStore({ adapter });
 * const { forgottenAt } = await keyStore.forget("user-123");
 * ```
 */
export class KeyStore {
  readonly #storage: KeyStorage;
  readonly #secrets: KeySecrets;
  readonly #recent: RecentKeys;

  /** @throws `TypeError` without an opened adapter; `RangeError` when `cacheMs` is not a number of milliseconds. */
  constructor({ adapter, keyEncryption, acceptUnencrypted = false, cacheMs = 60_000 }: KeyStoreOptions) {
    if (typeof adapter?.storage?.find !== "function") {
      throw new TypeError("A key store needs an opened adapter: `await SomeKeyStorageAdapter.open(…)`.");
    }
    this.#storage = adapter.storage;
    this.#secrets = new KeySecrets(keyEncryption, acceptUnencrypted);
    this.#recent = new RecentKeys(checkedTimeoutMs("cacheMs", cacheMs));
  }

  /**
   * The keys to encrypt with, one for each subject, in the order given. A subject that has none gets one; rivals that make it at once get
   * the same.
   *
   * @throws `ForgottenSubjectError` (`FORGOTTEN_SUBJECT`) when one was forgotten.
   * @throws `InvalidNameError` (`INVALID_NAME`) for what is not a subject: 1 to 200 code points, without control characters.
   * @throws `KeyStoreUnavailableError` (`KEY_STORE_UNAVAILABLE`), retryable, when the storage or the encryption of the keys does not answer.
   * @throws `UnreadableKeyError` (`UNREADABLE_KEY`) when a current key cannot be used.
   */
  async current(subjects: readonly string[]): Promise<readonly DataKey[]> {
    const known = this.#recent.current(subjects);
    const missing = subjects.filter((_, index) => known[index] === undefined);
    if (missing.length === 0) return known as readonly DataKey[];
    const loaded = await this.#loadCurrent([...new Set(missing.map(checkedSubject))]);
    const bySubject = new Map(loaded.map((key) => [key.subject, key]));
    return subjects.map((subject, index) => known[index] ?? (bySubject.get(subject) as DataKey));
  }

  /**
   * The keys that events were encrypted with, in the order given: one call of the storage for all that are not known. A key that is missing
   * or cannot be used is an answer, not an error.
   *
   * @throws `KeyStoreUnavailableError` (`KEY_STORE_UNAVAILABLE`), retryable, when the storage or the encryption of the keys does not answer.
   */
  async keys(references: readonly KeyReference[]): Promise<readonly KeyLookup[]> {
    const known = this.#recent.found(references);
    if (!known.includes(undefined)) return known as readonly KeyLookup[];
    const lookups = references.map((reference, index) => known[index] ?? faultyReference(reference));
    const missing = new Map<string, KeyReference>();
    for (const [index, { id, subject }] of references.entries()) {
      if (lookups[index] === undefined) missing.set(nameOf({ id, subject }), { id, subject });
    }
    const names = [...missing.keys()];
    const found = await this.#find([...missing.values()]);
    const byName = new Map(found.map((lookup, index) => [names[index], lookup]));
    return references.map((reference, index) => lookups[index] ?? (byName.get(nameOf(reference)) as KeyLookup));
  }

  /**
   * Gives a subject a new current key. Former keys stay, for the events that were encrypted with them; other processes use them for new
   * events too, until `cacheMs` has passed. Rivals that replace the same key all get the same new one. A subject without a key gets its first.
   *
   * One key must not encrypt more than 2³² events.
   *
   * @returns the id of the new key.
   * @throws as {@link KeyStore.current}.
   */
  async rotate(subject: string): Promise<{ readonly id: string }> {
    const [state] = await this.#ask(() => this.#storage.current([checkedSubject(subject)]));
    const replaces = state?.kind === "keyed" ? state.key.id : undefined;
    if (state?.kind === "forgotten") throw new ForgottenSubjectError({ subjects: [subject] });
    const [key] = await this.#add([{ subject, replaces }]);
    return { id: (key as DataKey).id };
  }

  /**
   * Deletes all keys of a subject, for ever, and leaves a tombstone. From then on its fields read as `Forgotten`, and publishing for it is
   * refused: at once with this key store, and after `cacheMs` with others. Forgetting again changes nothing. A subject that has no key
   * never gets one.
   *
   * It reaches neither what was decrypted before and stored elsewhere, in snapshots and projections, nor backups of the keys: see
   * {@link KeyStore.applyTombstones} and the page on privacy.
   *
   * @returns the tombstone: keep it apart from the keys, for when a backup of them is restored.
   * @throws `InvalidNameError` (`INVALID_NAME`) for what is not a subject.
   * @throws `KeyStoreUnavailableError` (`KEY_STORE_UNAVAILABLE`) when the storage does not answer. Whether the subject is forgotten is not
   * known then: try again.
   */
  async forget(subject: string): Promise<Tombstone> {
    const [tombstone] = await this.#forget([{ subject: checkedSubject(subject), forgottenAt: new Date() }]);
    return tombstone as Tombstone;
  }

  /** The tombstones by subject, in code-point order; paged beneath. */
  async *tombstones(): AsyncIterableIterator<Tombstone> {
    for (let listing: KeyListing = { after: undefined, limit: PAGE_SIZE }; ; ) {
      const page = await this.#ask(() => this.#storage.listTombstones(listing));
      yield* page;
      if (page.length < PAGE_SIZE) return;
      listing = { after: page.at(-1)?.subject, limit: PAGE_SIZE };
    }
  }

  /**
   * Forgets subjects again, after the storage of the keys was restored from a backup that still has their keys. What is forgotten already
   * stays as it is, so tombstones may be applied any number of times.
   *
   * @throws as {@link KeyStore.forget}; `TypeError` for what is not a tombstone. Some of those before it were applied.
   *
   * @example
   * ```ts
   * await keyStore.applyTombstones([{ subject: "user-123", forgottenAt: new Date("2026-05-04") }]);
   * ```
   */
  async applyTombstones(tombstones: Iterable<Tombstone> | AsyncIterable<Tombstone>): Promise<void> {
    let page: Tombstone[] = [];
    for await (const tombstone of tombstones) {
      page.push(checkedTombstone(tombstone));
      if (page.length < PAGE_SIZE) continue;
      await this.#forget(page);
      page = [];
    }
    if (page.length > 0) await this.#forget(page);
  }

  /**
   * Encrypts all stored keys that are not encrypted with the current key-encryption key. Call it when the key-encryption key was changed,
   * before the old one is taken away, and when encryption was introduced. It may be interrupted, called again, and called by several
   * processes at once.
   *
   * @returns how many keys it has encrypted.
   * @throws `UnreadableKeyError` (`UNREADABLE_KEY`) for a key that cannot be decrypted. Some of the others were encrypted.
   * @throws `KeyStoreUnavailableError` (`KEY_STORE_UNAVAILABLE`), retryable, as {@link KeyStore.current}.
   * @throws `TypeError` when the key store has no `keyEncryption`.
   */
  async encryptKeys(): Promise<number> {
    if (!this.#secrets.areEncrypted) throw new TypeError("encryptKeys needs a key store with `keyEncryption`.");
    let count = 0;
    for (let listing: KeyListing = { after: undefined, limit: PAGE_SIZE }; ; ) {
      const page = await this.#ask(() => this.#storage.listKeys(listing));
      const rewritten = await this.#ask(() => Promise.all(page.map((stored) => this.#secrets.rewrite(stored))));
      const replacements = rewritten.filter((replacement) => replacement !== undefined);
      if (replacements.length > 0) await this.#ask(() => this.#storage.replaceSecrets(replacements));
      count += replacements.length;
      if (page.length < PAGE_SIZE) return count;
      listing = { after: page.at(-1)?.id, limit: PAGE_SIZE };
    }
  }

  async #loadCurrent(subjects: readonly string[]): Promise<readonly DataKey[]> {
    const asking = this.#recent.ask();
    const states = await this.#ask(() => this.#storage.current(subjects));
    const keyless = subjects.filter((_, index) => states[index]?.kind === "keyless");
    const keys = await this.#keysOf(subjects, states, asking);
    if (keyless.length === 0) return keys;
    return [...keys, ...(await this.#add(keyless.map((subject) => ({ subject, replaces: undefined }))))];
  }

  /** Makes keys, each in the place of the one before it. @returns those that are current then, which may be those of rivals. */
  async #add(
    wanted: readonly { readonly subject: string; readonly replaces: string | undefined }[],
  ): Promise<readonly DataKey[]> {
    const asking = this.#recent.ask();
    const made = await this.#ask(() => Promise.all(wanted.map(({ subject }) => this.#secrets.make(subject))));
    const additions = made.map((key, index) => ({ key, replaces: wanted[index]?.replaces }));
    const states = await this.#ask(() => this.#storage.add(additions));
    const subjects = wanted.map(({ subject }) => subject);
    return this.#keysOf(subjects, states, asking);
  }

  /** The keys of those subjects that have one. @throws `ForgottenSubjectError` when one of them was forgotten. */
  async #keysOf(
    subjects: readonly string[],
    states: readonly SubjectState[],
    asking: Asking,
  ): Promise<readonly DataKey[]> {
    const [first, ...others] = subjects.filter((_, index) => states[index]?.kind === "forgotten");
    if (first !== undefined) throw new ForgottenSubjectError({ subjects: [first, ...others] });
    const stored = states.flatMap((state) => (state.kind === "keyed" ? state.key : []));
    const keys = await this.#ask(() => Promise.all(stored.map((key) => this.#secrets.read(key))));
    for (const key of keys) asking.keepCurrent(key);
    return keys;
  }

  async #find(references: readonly KeyReference[]): Promise<readonly KeyLookup[]> {
    const asking = this.#recent.ask();
    const found = await this.#ask(() => this.#storage.find(references));
    const lookups = await this.#ask(() =>
      Promise.all(references.map((reference, index) => this.#lookup(reference, found[index]))),
    );
    for (const [index, lookup] of lookups.entries()) {
      if (lookup.kind !== "unreadable") asking.keepFound(references[index] as KeyReference, lookup);
    }
    return lookups;
  }

  async #lookup(reference: KeyReference, found: FoundKey | undefined): Promise<KeyLookup> {
    switch (found?.kind) {
      case "key":
        return this.#readable(found.key);
      case "forgotten":
        return { kind: "forgotten" };
      default:
        return unreadable(
          reference,
          "the key store has neither such a key of this subject nor a tombstone of the subject",
        );
    }
  }

  async #readable(stored: StoredKey): Promise<KeyLookup> {
    try {
      return { kind: "key", key: await this.#secrets.read(stored) };
    } catch (error) {
      if (isEventfoldError(error, "UNREADABLE_KEY")) return { kind: "unreadable", error };
      throw error;
    }
  }

  async #forget(tombstones: readonly Tombstone[]): Promise<readonly Tombstone[]> {
    const bySubject = new Map(tombstones.map((tombstone) => [tombstone.subject, tombstone]));
    const subjects = new Set(bySubject.keys());
    this.#recent.drop(subjects);
    try {
      return await this.#ask(() => this.#storage.forget([...bySubject.values()]));
    } finally {
      this.#recent.drop(subjects); // of what was asked for meanwhile; if the reply was lost, it may be forgotten too
    }
  }

  /** Whatever the storage or the encryption of keys says is taken for an outage, unless it is an error that says otherwise. */
  async #ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      if (isEventfoldError(cause) && (!cause.isRetryable || cause.code === "KEY_STORE_UNAVAILABLE")) throw cause;
      throw new KeyStoreUnavailableError({ cause });
    }
  }
}

/** A name for a reference: ids have no spaces. */
function nameOf({ id, subject }: KeyReference): string {
  return `${id} ${subject}`;
}

/** The answer for a reference that no key can have; `undefined` for every other one. Events may hold anything. */
function faultyReference({ id, subject }: KeyReference): KeyLookup | undefined {
  const fault = faultOf(subject);
  if (fault !== undefined) return unreadable({ id, subject }, `its subject is none: ${fault}`);
  return isEventId(id) ? undefined : unreadable({ id, subject }, "its id is not a canonical lower-case UUID");
}

function unreadable({ id, subject }: KeyReference, reason: string): KeyLookup {
  return { kind: "unreadable", error: new UnreadableKeyError({ key: id, subject, reason }) };
}

function checkedTombstone(tombstone: unknown): Tombstone {
  const { subject, forgottenAt } = (tombstone ?? {}) as Partial<Tombstone>;
  if (eventTimeMs(forgottenAt) === undefined) {
    throw new TypeError("A tombstone must have a subject, and a valid Date as `forgottenAt`.");
  }
  return { subject: checkedSubject(subject), forgottenAt: forgottenAt as Date };
}
