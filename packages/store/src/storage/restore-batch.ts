import type { NewestEvent } from "@eventfold/types";
import type { EventText } from "./stored-event-text.ts";

/** The most events of a {@link RestoreBatch}. */
export const RESTORE_LIMIT_EVENTS = 2_000;

/** The most bytes of text, in UTF-8, of a {@link RestoreBatch} of several events. */
export const RESTORE_LIMIT_BYTES = 4_000_000;

/**
 * The greatest sequence number that an event from another log may have, and the greatest {@link RestoreBatch.upTo}. No log comes there
 * by publishing, and as many numbers are left above it for publishes to come: beyond 2^53 - 1 they would not be exact.
 */
export const RESTORE_LIMIT_NUMBER = 2 ** 52;

/** Events that come from another log and keep their ids, places and times. */
export interface RestoreBatch {
  /**
   * The newest event of the log that the batch goes on from, of a category that begins with `$` too; `undefined`: the log is
   * empty. If another one is, somebody else has written, and the batch is refused.
   */
  readonly newest: NewestEvent | undefined;
  /**
   * At most {@link RESTORE_LIMIT_EVENTS}, and at most {@link RESTORE_LIMIT_BYTES} of text unless it is one event. Their sequence
   * numbers rise strictly and lie above the newest event's; each position is the next one of its stream; ids are unique in the
   * log. It may be empty.
   */
  readonly events: readonly EventText[];
  /**
   * A number at or below which the log is never to give another event its number, at most {@link RESTORE_LIMIT_NUMBER}. Default: that
   * of the last event.
   */
  readonly upTo?: number | undefined;
}
