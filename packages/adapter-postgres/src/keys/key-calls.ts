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
import type { TextRow } from "../connection/statement.ts";
import type { RoutineCall } from "../routines/routine-call.ts";
import type { KeyRoutine } from "./key-names.ts";

/** A call of the port of key storage. */
export type KeyCall<TAnswer> = RoutineCall<KeyRoutine, TAnswer>;

/** Asks for the states of subjects. */
export function current(subjects: readonly string[]): KeyCall<readonly SubjectState[]> {
  return { routine: "current", effect: "none", values: [subjects], answer: (rows) => statesFrom(rows, subjects) };
}

/** Adds keys. */
export function add(additions: readonly KeyAddition[]): KeyCall<readonly SubjectState[]> {
  const keys = additions.map(({ key }) => key);
  const subjects = keys.map(({ subject }) => subject);
  const values = [
    keys.map(({ id }) => id),
    subjects,
    keys.map(({ secret }) => secret),
    keys.map(({ encryptedWith }) => encryptedWith ?? null),
    additions.map(({ replaces }) => replaces ?? null),
  ];
  return { routine: "add", effect: "writes", values, answer: (rows) => statesFrom(rows, subjects) };
}

/** Looks up keys. */
export function find(references: readonly KeyReference[]): KeyCall<readonly FoundKey[]> {
  const subjects = references.map(({ subject }) => subject);
  return {
    routine: "find",
    effect: "none",
    values: [references.map(({ id }) => id), subjects],
    answer: (rows) => rows.map((row, index) => foundKeyFrom(row, subjects[index] as string)),
  };
}

/** Forgets subjects. */
export function forget(tombstones: readonly Tombstone[]): KeyCall<readonly Tombstone[]> {
  const subjects = tombstones.map(({ subject }) => subject);
  return {
    routine: "forget",
    effect: "writes",
    values: [subjects, tombstones.map(({ forgottenAt }) => forgottenAt.toISOString())],
    answer: (rows) =>
      rows.map(([forgottenMs], index) => ({
        subject: subjects[index] as string,
        forgottenAt: new Date(Number(forgottenMs)),
      })),
  };
}

/** Asks for a page of the keys. */
export function listKeys({ after, limit }: KeyListing): KeyCall<readonly StoredKey[]> {
  return {
    routine: "list_keys",
    effect: "none",
    values: [after ?? null, limit],
    answer: (rows) => rows.map(([id, subject, ...secret]) => storedKeyFrom([id ?? null, ...secret], subject as string)),
  };
}

/** Asks for a page of the tombstones. */
export function listTombstones({ after, limit }: KeyListing): KeyCall<readonly Tombstone[]> {
  return {
    routine: "list_tombstones",
    effect: "none",
    values: [after ?? null, limit],
    answer: (rows) =>
      rows.map(([subject, forgottenMs]) => ({
        subject: subject as string,
        forgottenAt: new Date(Number(forgottenMs)),
      })),
  };
}

/** Replaces the secrets of keys. */
export function replaceSecrets(replacements: readonly SecretReplacement[]): KeyCall<void> {
  const values = [
    replacements.map(({ id }) => id),
    replacements.map(({ subject }) => subject),
    replacements.map(({ was }) => was),
    replacements.map(({ secret }) => secret),
    replacements.map(({ encryptedWith }) => encryptedWith ?? null),
  ];
  return { routine: "replace_secrets", effect: "writes", values, answer: () => {} };
}

function statesFrom(rows: readonly TextRow[], subjects: readonly string[]): readonly SubjectState[] {
  return rows.map((row, index) => stateFrom(row, subjects[index] as string));
}

function stateFrom([forgottenMs, currentKey, ...key]: TextRow, subject: string): SubjectState {
  if (forgottenMs !== null && forgottenMs !== undefined) {
    return { kind: "forgotten", forgottenAt: new Date(Number(forgottenMs)) };
  }
  if (currentKey === null) return { kind: "keyless" };
  if (key[0] !== null) return { kind: "keyed", key: storedKeyFrom(key, subject) };
  throw new StorageFailedError(
    `The current key of the subject ${JSON.stringify(subject)} is not there: somebody has deleted it by hand. Restore it from a backup, or forget the subject.`,
  );
}

function foundKeyFrom([forgottenMs, ...key]: TextRow, subject: string): FoundKey {
  if (key[0] !== null) return { kind: "key", key: storedKeyFrom(key, subject) };
  if (forgottenMs === null) return { kind: "unknown" };
  return { kind: "forgotten", forgottenAt: new Date(Number(forgottenMs)) };
}

function storedKeyFrom([id, secret, encryptedWith]: TextRow, subject: string): StoredKey {
  return { id: id as string, subject, secret: secret as string, encryptedWith: encryptedWith ?? undefined };
}
