/** A key as it is stored: what protects fields of the events of one subject. */
export interface StoredKey {
  /** A canonical lower-case UUID. */
  readonly id: string;
  /** Whose key it is: 1 to 200 code points, without control characters. */
  readonly subject: string;
  /** The key in base64, or what its encryption has made of it: at most 8,192 characters of ASCII, kept as they are. */
  readonly secret: string;
  /** The name of the key-encryption key that {@link StoredKey.secret} is encrypted with; `undefined` if it is not. */
  readonly encryptedWith: string | undefined;
}

/** What is left of a subject that was forgotten. */
export interface Tombstone {
  readonly subject: string;
  /** When it was forgotten, to the millisecond. Only for people: nothing is decided by it. */
  readonly forgottenAt: Date;
}

/** What is stored of a subject: a current key, no key yet, or a tombstone. */
export type SubjectState =
  | { readonly kind: "keyed"; readonly key: StoredKey }
  | { readonly kind: "keyless" }
  | { readonly kind: "forgotten"; readonly forgottenAt: Date };

/** A key that is to become the current one of its subject. */
export interface KeyAddition {
  readonly key: StoredKey;
  /** The id of the key that must be current until then; `undefined` for the first key of a subject. */
  readonly replaces: string | undefined;
}

/** What a protected event says of its key. */
export interface KeyReference {
  readonly id: string;
  readonly subject: string;
}

/** What is stored under a {@link KeyReference}. `unknown`: there is neither such a key of the subject nor a tombstone. */
export type FoundKey =
  | { readonly kind: "key"; readonly key: StoredKey }
  | { readonly kind: "forgotten"; readonly forgottenAt: Date }
  | { readonly kind: "unknown" };

/** A stored key that is to be encrypted in another way. */
export interface SecretReplacement extends KeyReference {
  /** The secret as it was read: it is replaced only if it is still that. */
  readonly was: string;
  readonly secret: string;
  readonly encryptedWith: string | undefined;
}

/** A page of a listing. */
export interface KeyListing {
  /** Only what comes after this id, or this subject. Default: from the start. */
  readonly after: string | undefined;
  /** The most entries of the page: 1 or more. */
  readonly limit: number;
}

/**
 * What a key storage adapter does. The rules are in `docs/keys-contract.md`.
 *
 * Every call is one indivisible step, committed when it fulfils, and may be repeated if its reply was lost. What it is given has been
 * checked: lists of subjects, of ids and of additions hold each subject or id once. Lists may be empty.
 */
export interface KeyStorage {
  /** Whether it is closed, and every further call fails. */
  readonly isClosed: boolean;

  /** The states of subjects, in the order given. Makes nothing. */
  current(subjects: readonly string[]): Promise<readonly SubjectState[]>;

  /**
   * Stores each key as the current one of its subject, if the subject's current key is the one that it `replaces`. Keys that were
   * current stay stored. Of rivals that add to one subject, one has its way; nothing is stored for the others, nor for a forgotten subject.
   *
   * @returns the states of the subjects after that, in the order given: each addition's own key, or what stands in its way.
   */
  add(additions: readonly KeyAddition[]): Promise<readonly SubjectState[]>;

  /** Looks up keys, in the order given: current ones and former ones. A key of another subject is `unknown`. */
  find(references: readonly KeyReference[]): Promise<readonly FoundKey[]>;

  /**
   * Deletes all keys of subjects and leaves a tombstone for each, also for a subject that has no key. A tombstone that is there stays as
   * it is. Nothing removes one: no key is ever added to a forgotten subject.
   *
   * @returns the tombstones that are stored, in the order given.
   */
  forget(tombstones: readonly Tombstone[]): Promise<readonly Tombstone[]>;

  /** The keys by rising id, in code-point order. */
  listKeys(listing: KeyListing): Promise<readonly StoredKey[]>;

  /** The tombstones by rising subject, in code-point order. */
  listTombstones(listing: KeyListing): Promise<readonly Tombstone[]>;

  /** Replaces the secrets of keys. A key whose secret is not the one that was read, or that is no longer there, stays as it is. */
  replaceSecrets(replacements: readonly SecretReplacement[]): Promise<void>;
}
