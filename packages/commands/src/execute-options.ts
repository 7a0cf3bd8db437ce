import type { SnapshotOptions } from "@eventfold/projections";
import type { RetryOptions } from "@eventfold/store";
import { checkedMetadata, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { checkedName, type JsonObject, type StoredEvent } from "@eventfold/types";

/** How often a command is decided again after others have published to its stream, and how long it waits before. */
export type RetryPolicy = Omit<RetryOptions, "signal">;

/** How a command is carried out. */
export interface ExecuteOptions<TSnapshots = unknown> {
  /**
   * Identifies the command on its stream, so that it is carried out once: at most 512 code points. Default: none, and a
   * repeated call is another command.
   */
  readonly commandId?: string | undefined;
  /** Metadata for every decided event; the event's own members win. Default: none. */
  readonly metadata?: JsonObject | undefined;
  /** Tags for every decided event, besides its own. Default: none. */
  readonly tags?: readonly string[] | undefined;
  /** Default: 20 tries, with waits of 5 ms to 1 s between them. */
  readonly retry?: RetryPolicy | undefined;
  /** Starts at the newest snapshot of the state, and saves newer ones. For deciders with a name. Default: none. */
  readonly snapshots?: (SnapshotOptions & TSnapshots) | undefined;
  /** Ends it before it publishes: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a command has led to. */
export interface Executed<TState, TEvents extends object> {
  /** The state after it. For a repeat: the state now. */
  readonly state: TState;
  /** The stored events that the command led to, in order; none when nothing was to be done. */
  readonly events: readonly StoredEvent<TEvents>[];
  /** `true` when the command had been carried out before: its events are returned, and nothing was written. */
  readonly isRepeat: boolean;
}

/** The options of every call that carries out commands. */
export const EXECUTE_OPTIONS: ReadonlySet<string> = memberNames<ExecuteOptions>({
  commandId: true,
  metadata: true,
  tags: true,
  retry: true,
  snapshots: true,
  signal: true,
});

/**
 * Checks what can be checked before anything is read; the rest is checked where it is used.
 *
 * @param known the names of the options that the call has.
 * @throws `InvalidNameError` for a bad command id, `InvalidEventError` for metadata that JSON would change, `TypeError` for other
 * faults.
 */
export function checkedOptions(
  options: ExecuteOptions,
  deciders: readonly { readonly name: string | undefined }[],
  known = EXECUTE_OPTIONS,
): ExecuteOptions<SnapshotOptions> {
  const { commandId, metadata, tags, retry, snapshots, signal } = withKnownMembers(
    "The options of a command",
    options,
    known,
  );
  if (snapshots !== undefined && deciders.some(({ name }) => name === undefined))
    throw new TypeError("Snapshots are kept under the name of the decider, but it has none: define it with a name.");
  return {
    commandId: commandId === undefined ? undefined : checkedName("stream", commandId, "command id"),
    metadata: checkedMetadata("a command", metadata),
    tags: tags === undefined ? undefined : checkedTags(tags),
    retry,
    snapshots,
    signal,
  };
}

function checkedTags(tags: unknown): readonly string[] {
  if (!Array.isArray(tags)) throw new TypeError("The tags of a command must be an array of strings.");
  return tags.map((tag) => checkedName("tag", tag));
}
