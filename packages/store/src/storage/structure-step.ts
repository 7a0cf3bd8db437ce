import type { EventLocation } from "@eventfold/types";

/**
 * What is not as it must be.
 *
 * - `position`: an event of a stream has no predecessor: the stream's positions have a gap, do not begin at 0, or repeat.
 * - `order`: an event of a stream has a lower sequence number than the one before it.
 * - `range`: a number, a time or a name lies outside what the library ever stores.
 * - `json`: the payload, the metadata or the tags are not JSON, or cannot be read from the disk.
 * - `size`: what is stored about the size of an event differs from its texts.
 * - `tags`: an event and the table that finds events by their tags disagree.
 * - `sequence`: the sequence is below the newest number, so that numbers would be given twice.
 * - `index`: an index and its table disagree, so that what is found by the index differs from what is stored.
 * - `file`: the database finds its own pages damaged.
 */
export type StructureFaultKind =
  | "position"
  | "order"
  | "range"
  | "json"
  | "size"
  | "tags"
  | "sequence"
  | "index"
  | "file";

/** The event that a fault concerns. Of one that is gone, or whose row cannot be read, only the number is known. */
export type FaultyEvent = Pick<EventLocation, "sequenceNumber"> & Partial<EventLocation>;

/** Something that is not as it must be. */
export interface StructureFault {
  readonly kind: "fault";
  readonly fault: StructureFaultKind;
  /** The event that it concerns; `undefined` where it concerns no single one. */
  readonly event: FaultyEvent | undefined;
  /** What was expected and what was found, as sentences for people. Names in it are printed as JSON. */
  readonly message: string;
}

/** How far the check has come. */
export interface StructureProgress {
  readonly kind: "progress";
  /** Every event up to this sequence number, inclusive, has been checked by itself. */
  readonly checkedUpTo: number;
  /** The sequence number that the check ends with: the newest when it began. */
  readonly upTo: number;
}

/** A part of the check that was left out, because it cannot be done here. What was not checked is not sound. */
export interface StructureUnchecked {
  readonly kind: "unchecked";
  /** What was not checked, as a noun: `the indexes by amcheck`. */
  readonly subject: string;
  /** Why not, and what would help, as sentences. */
  readonly reason: string;
}

/** One step of a check of the structure. */
export type StructureStep = StructureFault | StructureProgress | StructureUnchecked;
