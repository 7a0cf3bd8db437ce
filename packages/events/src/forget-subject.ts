import { type EventStore, type StreamIdentifier, taggedWith } from "@eventfold/store";
import type { KeyStore } from "./keys/key-store.ts";
import { subjectTag } from "./protection/subject-tag.ts";

/** Where snapshots of streams are kept: every `ProjectionStore` is one. */
export interface SnapshotDeletion {
  /** Deletes a projection in every version. @returns whether there was one. */
  delete(reference: { readonly name: string; readonly id: string }): Promise<boolean>;
}

/** Snapshots, or other projections, of which each is made from one stream. */
export interface SnapshotsOfStreams {
  readonly store: SnapshotDeletion;
  /** The name of the projector. */
  readonly name: string;
  /** The category of its streams. */
  readonly category: string;
  /** The id of the projection of a stream. Default: the name of the stream. */
  readonly idOf?: ((stream: StreamIdentifier) => string) | undefined;
}

/** Projections of which one may be made from the events of many streams. */
export interface AffectedProjections {
  readonly name: string;
  /** The categories that it is made from. Default: all. */
  readonly categories?: readonly string[] | undefined;
  /**
   * Makes the projections again without what was forgotten. `rebuild` of `@eventfold/processing` does nothing for a version that is
   * built already: clear the version and reset its subscription instead. Default: nothing is done.
   */
  readonly rebuild?: ((forgotten: ForgottenStreams) => Promise<unknown>) | undefined;
}

/** A subject that was forgotten, and where its events are. */
export interface ForgottenStreams {
  readonly subject: string;
  readonly forgottenAt: Date;
  /** The streams that have events with its tag, in the order of their first such event. */
  readonly streams: readonly StreamIdentifier[];
}

/** What was done to forget a subject. */
export interface ForgottenSubject extends ForgottenStreams {
  /** How many snapshots were deleted. */
  readonly deletedSnapshots: number;
  /** The projections that may still show what was forgotten, because something of its streams is in them. `isRebuilt`: its `rebuild` was called. */
  readonly projections: readonly { readonly name: string; readonly isRebuilt: boolean }[];
}

/** What {@link forgetSubject} is to look after. */
export interface ForgetSubjectOptions {
  readonly keyStore: KeyStore;
  /** The store of the events, with definitions or without: their payloads are not looked at. */
  readonly store: Pick<EventStore, "log">;
  /** Snapshots that may hold protected fields. They are deleted for the streams of the subject, and made again when they are next needed. */
  readonly snapshots?: readonly SnapshotsOfStreams[] | undefined;
  /** Other projections that may hold protected fields. */
  readonly projections?: readonly AffectedProjections[] | undefined;
}

/**
 * Forgets a subject: deletes its keys, finds the streams of its events by their tag, deletes the snapshots of these streams, and rebuilds or
 * names the projections that may still show it. It may be called again, and does the same again: after a failure, and when the `cacheMs` of
 * other processes have passed, because until then they may save a snapshot with what they still could read.
 *
 * It reaches neither backups nor anything that was copied out of the events elsewhere.
 *
 * @throws as `KeyStore.forget` does; what reading the events, deleting snapshots and rebuilding reject with. The keys are deleted first.
 *
 * @example
 * ```ts
 * const { streams, projections } = await forgetSubject("user-123", {
 *   keyStore,
 *   store,
 *   snapshots: [{ store: projectionStore, name: "user", category: "users" }],
 *   projections: [{ name: "birthdays", categories: ["users"] }],
 * });
 * for (const { name, isRebuilt } of projections) if (!isRebuilt) console.log(`${name} may still show user-123`);
 * ```
 */
export async function forgetSubject(
  subject: string,
  { keyStore, store, snapshots = [], projections = [] }: ForgetSubjectOptions,
): Promise<ForgottenSubject> {
  const { forgottenAt } = await keyStore.forget(subject);
  const streams = await streamsOf(subject, store);
  const forgotten: ForgottenStreams = { subject, forgottenAt, streams };
  const deletedSnapshots = await deleteSnapshots(snapshots, streams);
  const affected = projections.filter(({ categories }) =>
    streams.some(({ category }) => categories === undefined || categories.includes(category)),
  );
  const named: { readonly name: string; readonly isRebuilt: boolean }[] = [];
  for (const { name, rebuild } of affected) {
    await rebuild?.(forgotten);
    named.push({ name, isRebuilt: rebuild !== undefined });
  }
  return { ...forgotten, deletedSnapshots, projections: named };
}

async function streamsOf(subject: string, store: Pick<EventStore, "log">): Promise<readonly StreamIdentifier[]> {
  const streams = new Map<string, StreamIdentifier>();
  for await (const { category, stream } of store.log().scan({ constraints: [taggedWith(subjectTag(subject))] })) {
    const key = JSON.stringify([category, stream]);
    if (!streams.has(key)) streams.set(key, { kind: "stream", category, stream });
  }
  return [...streams.values()];
}

function nameOf({ stream }: StreamIdentifier): string {
  return stream;
}

async function deleteSnapshots(
  snapshots: readonly SnapshotsOfStreams[],
  streams: readonly StreamIdentifier[],
): Promise<number> {
  let count = 0;
  for (const { store, name, category, idOf = nameOf } of snapshots) {
    for (const stream of streams) {
      if (stream.category === category && (await store.delete({ name, id: idOf(stream) }))) count += 1;
    }
  }
  return count;
}
