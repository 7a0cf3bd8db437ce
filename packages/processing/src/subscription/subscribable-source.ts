import type { FollowedPage, FollowOptions, ScanOptions } from "@eventfold/store";
import { type AnyEvents, printSourceIdentifier, type SourceIdentifier, type StoredEvent } from "@eventfold/types";

/** What a source that is not of a store calls itself. */
export interface ForeignIdentifier {
  readonly kind: "foreign";
  readonly name: string;
}

/** What can be subscribed to: a stream, a category or the log of an `EventStore`, as it is, or what `foreignSource` makes. */
export interface SubscribableSource<TEvents extends object = AnyEvents> {
  readonly identifier: SourceIdentifier | ForeignIdentifier;

  /** As `EventSource.scan`, forwards. */
  scan(options?: ScanOptions<TEvents>): AsyncIterable<StoredEvent<TEvents>>;

  /** As `EventSource.latest`; its number is all that is asked for. */
  latest(): Promise<Pick<StoredEvent, "sequenceNumber"> | undefined>;

  /** As `EventCategory.followPages`. */
  followPages(options?: FollowOptions<TEvents>): AsyncIterable<FollowedPage<StoredEvent<TEvents>>>;

  /** As `EventCategory.horizon`. */
  horizon(): Promise<number>;

  /**
   * Whether it has been up to a sequence number, where that cannot be told by the event of that number. Absent: the event is looked
   * at.
   */
  hasReached?(sequenceNumber: number): Promise<boolean>;

  /** The same source, with its events as they are stored, as `EventCategory.raw`. Absent: they are read as they are stored. */
  raw?(): SubscribableSource;
}

/** The source as it is stored, for what depends on where events are, not on what they are read as. */
export function asStored(source: SubscribableSource): Pick<SubscribableSource, "scan" | "latest" | "followPages"> {
  return source.raw?.() ?? source;
}

/** @throws `TypeError` when it is no source, or one that cannot be followed. */
export function checkSource(source: { readonly [TMember in keyof SubscribableSource]?: unknown }): void {
  const isSource = typeof source?.followPages === "function" && typeof source.horizon === "function";
  if (isSource && typeof source.scan === "function" && typeof source.identifier === "object") return;
  throw new TypeError(
    "A subscription needs a source: a stream, a category or the log of an EventStore, or what foreignSource makes.",
  );
}

/** The text by which a source is stored: two have the same one exactly when they are the same. */
export function printSubscribedSource({ identifier }: Pick<SubscribableSource, "identifier">): string {
  if (identifier.kind === "foreign") return `foreign/${encodeURIComponent(identifier.name)}`;
  return printSourceIdentifier(identifier);
}
