import type { JsonValue } from "@eventfold/store";
import type { Commit, Person } from "../git/commit.ts";

/** The metadata of every event: the commit it comes from. */
export interface CommitMetadata {
  /** The object name. */
  readonly commit: string;
  readonly author: Person;
  readonly committer: Person;
}

/** The metadata that the events of a commit share. */
export function commitMetadata({ hash, author, committer }: Commit): CommitMetadata {
  return { commit: hash, author: personOf(author), committer: personOf(committer) };
}

/**
 * Reads the metadata of a stored event.
 *
 * @throws `TypeError` when it is not what this program stores: the event was published by another one.
 */
export function parseCommitMetadata(metadata: JsonValue): CommitMetadata {
  if (isRecord(metadata)) {
    const { commit, author, committer } = metadata;
    if (typeof commit === "string" && isPerson(author) && isPerson(committer)) return { commit, author, committer };
  }
  throw new TypeError(`Expected the metadata of a commit, got ${JSON.stringify(metadata)}.`);
}

function personOf({ name, email }: Person): Person {
  return { name, email };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isPerson(value: unknown): value is Person {
  return isRecord(value) && typeof value.name === "string" && typeof value.email === "string";
}
