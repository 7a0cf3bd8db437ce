import type {
  FoundKey,
  KeyAddition,
  KeyListing,
  KeyReference,
  SecretReplacement,
  StoredKey,
  SubjectState,
  Tombstone,
} from "@eventfold/events";
import { StorageFailedError } from "@eventfold/store/adapter";
import type { Client, Row } from "../connection/client.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";

const SUBJECT = "SELECT forgotten_at, current_key FROM eventfold_key_subjects WHERE subject = ?";
const KEY = "SELECT id, subject, secret, encrypted_with FROM eventfold_keys WHERE id = ?";
const INSERT_KEY = "INSERT INTO eventfold_keys (id, subject, secret, encrypted_with) VALUES (?, ?, ?, ?)";
const SET_CURRENT = `INSERT INTO eventfold_key_subjects (subject, current_key) VALUES (?, ?)
  ON CONFLICT (subject) DO UPDATE SET current_key = excluded.current_key`;
const DELETE_KEYS = "DELETE FROM eventfold_keys WHERE subject = ?";
const HAS_KEY = "SELECT 1 FROM eventfold_keys WHERE subject = ?";
// The driver binds large numbers as floating point, which a strict column takes up to 2⁵¹ only.
const BURY = `INSERT INTO eventfold_key_subjects (subject, forgotten_at) VALUES (?, CAST(? AS INTEGER))
  ON CONFLICT (subject) DO UPDATE SET current_key = NULL, forgotten_at = coalesce(forgotten_at, excluded.forgotten_at)`;
const LIST_KEYS = "SELECT id, subject, secret, encrypted_with FROM eventfold_keys WHERE id > ? ORDER BY id LIMIT ?";
const LIST_TOMBSTONES = `SELECT subject, forgotten_at FROM eventfold_key_subjects
  WHERE subject > ? AND forgotten_at IS NOT NULL ORDER BY subject LIMIT ?`;
const REPLACE = "UPDATE eventfold_keys SET secret = ?, encrypted_with = ? WHERE id = ? AND subject = ? AND secret = ?";

/** The keys that are stored, on one connection. All calls are synchronous. */
export class KeyTables {
  readonly #statements: StatementCache;

  constructor(client: Client) {
    this.#statements = StatementCache.of(client);
  }

  stateOf(subject: string): SubjectState {
    const row = this.#statements.prepared(SUBJECT).get(subject);
    if (row === undefined) return { kind: "keyless" };
    const [forgottenAt, currentKey] = row;
    if (forgottenAt !== null) return { kind: "forgotten", forgottenAt: new Date(Number(forgottenAt)) };
    const key = this.#key(String(currentKey));
    if (key === undefined) {
      throw new StorageFailedError(
        `The current key of the subject ${JSON.stringify(subject)} is not there: somebody has deleted it by hand. Restore it from a backup, or forget the subject.`,
      );
    }
    return { kind: "keyed", key };
  }

  add({ key, replaces }: KeyAddition): SubjectState {
    const state = this.stateOf(key.subject);
    const current = state.kind === "keyed" ? state.key.id : undefined;
    if (state.kind === "forgotten" || current !== replaces) return state;
    const { id, subject, secret, encryptedWith = null } = key;
    this.#write(INSERT_KEY, [id, subject, secret, encryptedWith], "a key");
    this.#write(SET_CURRENT, [subject, id], "the current key of a subject");
    return { kind: "keyed", key };
  }

  find({ id, subject }: KeyReference): FoundKey {
    const key = this.#key(id);
    if (key?.subject === subject) return { kind: "key", key };
    const state = this.stateOf(subject);
    return state.kind === "forgotten" ? state : { kind: "unknown" };
  }

  /** Deletes the keys of a subject. @returns the tombstone that is stored. */
  forget({ subject, forgottenAt }: Tombstone): Tombstone {
    this.#statements.prepared(DELETE_KEYS).run(subject);
    if (this.#statements.prepared(HAS_KEY).get(subject) !== undefined) throw notWritten("the deletion of a key");
    this.#write(BURY, [subject, forgottenAt.getTime()], "a tombstone");
    const state = this.stateOf(subject);
    if (state.kind !== "forgotten") throw notWritten("a tombstone");
    return { subject, forgottenAt: state.forgottenAt };
  }

  listKeys({ after = "", limit }: KeyListing): readonly StoredKey[] {
    return this.#statements.prepared(LIST_KEYS).all(after, limit).map(storedKey);
  }

  listTombstones({ after = "", limit }: KeyListing): readonly Tombstone[] {
    const rows = this.#statements.prepared(LIST_TOMBSTONES).all(after, limit);
    return rows.map(([subject, forgottenAt]) => ({
      subject: String(subject),
      forgottenAt: new Date(Number(forgottenAt)),
    }));
  }

  replaceSecret({ id, subject, was, secret, encryptedWith }: SecretReplacement): void {
    this.#statements.prepared(REPLACE).run(secret, encryptedWith ?? null, id, subject, was);
  }

  #key(id: string): StoredKey | undefined {
    const row = this.#statements.prepared(KEY).get(id);
    return row && storedKey(row);
  }

  #write(sql: string, values: readonly (string | number | null)[], what: string): void {
    if (this.#statements.prepared(sql).run(...values).changes !== 1) throw notWritten(what);
  }
}

function storedKey([id, subject, secret, encryptedWith]: Row): StoredKey {
  return {
    id: String(id),
    subject: String(subject),
    secret: String(secret),
    encryptedWith: encryptedWith === null ? undefined : String(encryptedWith),
  };
}
