import type { StructureFault } from "@eventfold/store/adapter";
import type { StatementScope } from "../reading/read-scope.ts";

/** A row of the table of tags. Before all of them: an empty tag. */
export interface TagPlace {
  readonly tag: string;
  readonly sequenceNumber: number;
}

// The row that a part of the table ends with.
const END_OF_PART = `SELECT tag, sequence_number FROM eventfold_event_tags
  WHERE (tag, sequence_number) > (?, ?) ORDER BY tag, sequence_number LIMIT 1 OFFSET ? - 1`;
const LAST = "SELECT tag, sequence_number FROM eventfold_event_tags ORDER BY tag DESC, sequence_number DESC LIMIT 1";

const ORPHANS = `SELECT t.tag, t.sequence_number FROM eventfold_event_tags t
    LEFT JOIN eventfold_events e NOT INDEXED ON e.sequence_number = t.sequence_number
  WHERE (t.tag, t.sequence_number) > (?, ?) AND (t.tag, t.sequence_number) <= (?, ?) AND t.sequence_number <= ?
    AND (e.tags IS NULL OR json_valid(e.tags) AND NOT EXISTS (SELECT 1 FROM json_each(e.tags) x WHERE x.value = t.tag))`;

/** A part of the table of tags to check. */
export interface TagPart {
  /** The row that it begins behind. */
  readonly after: TagPlace;
  /** The most rows to check. */
  readonly count: number;
  /** Rows of later events are passed over. */
  readonly upTo: number;
}

/** A part of the table of tags that was checked. */
export interface CheckedTags {
  readonly faults: readonly StructureFault[];
  /** The row that the part ended with; `undefined` when nothing came after the place. */
  readonly end: TagPlace | undefined;
}

/**
 * Checks that rows of the table of tags are of events that have the tag. That each tag of an event has its row is a part of
 * the check of events.
 */
export function checkTags(scope: StatementScope, { after, count, upTo }: TagPart): CheckedTags {
  const row =
    scope.prepared(END_OF_PART).get(after.tag, after.sequenceNumber, count) ?? scope.prepared(LAST).get() ?? [];
  const [tag, sequenceNumber] = row as readonly [string?, number?];
  if (tag === undefined || sequenceNumber === undefined) return { faults: [], end: undefined };
  if (tag === after.tag && sequenceNumber === after.sequenceNumber) return { faults: [], end: undefined };
  const orphans = scope
    .prepared(ORPHANS)
    .all(after.tag, after.sequenceNumber, tag, sequenceNumber, upTo) as unknown as readonly (readonly [
    string,
    number,
  ])[];
  const faults = orphans.map(
    ([orphan, number]): StructureFault => ({
      kind: "fault",
      fault: "tags",
      event: { sequenceNumber: number },
      message: `The table of tags has the tag ${JSON.stringify(orphan)} for an event that does not exist or does not have it.`,
    }),
  );
  return { faults, end: { tag, sequenceNumber } };
}
