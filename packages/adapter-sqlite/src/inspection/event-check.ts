import { GREATEST_POSITION, type StructureFault, type StructureFaultKind } from "@eventfold/store/adapter";
import { EARLIEST_EVENT_TIME_MS, LATEST_EVENT_TIME_MS, NAME_LIMITS } from "@eventfold/types";
import type { StatementScope } from "../reading/read-scope.ts";
import { uuidOf } from "../reading/uuid-of.ts";

/** A fault that an event can have: the condition in SQL under which it has it, and what is said of it. */
interface EventFault {
  readonly fault: StructureFaultKind;
  readonly condition: string;
  readonly message: string;
}

// `e` is the event, and `b` the one before it in its stream.
const EVENT_FAULTS: readonly EventFault[] = [
  {
    fault: "position",
    condition: "e.position > 0 AND b.sequence_number IS NULL",
    message: "The stream has no event at the position before this one: an event is missing, or a position was changed.",
  },
  {
    fault: "order",
    condition: "b.sequence_number >= e.sequence_number",
    message: "Its sequence number is below that of the event before it in the stream.",
  },
  {
    fault: "range",
    condition: `e.sequence_number NOT BETWEEN 1 AND ${Number.MAX_SAFE_INTEGER} OR e.position NOT BETWEEN 0 AND ${GREATEST_POSITION}
      OR e.version NOT BETWEEN 1 AND 2147483647`,
    message: "Its sequence number, position or version is outside of the range that is ever stored.",
  },
  {
    fault: "range",
    condition: ["e.observed_at", "e.occurred_at"]
      .map((time) => `${time} NOT BETWEEN ${EARLIEST_EVENT_TIME_MS} AND ${LATEST_EVENT_TIME_MS}`)
      .join(" OR "),
    message: "One of its times is outside of the years 1 to 9999.",
  },
  {
    fault: "range",
    condition: `length(e.category) NOT BETWEEN 1 AND ${NAME_LIMITS.category} OR length(e.stream) NOT BETWEEN 1 AND ${NAME_LIMITS.stream}
      OR length(e.name) NOT BETWEEN 1 AND ${NAME_LIMITS.event}`,
    message: "The name of its category, of its stream or of the event is empty or too long.",
  },
  { fault: "json", condition: "NOT json_valid(e.payload)", message: "Its payload is not JSON." },
  {
    fault: "json",
    condition: "e.metadata IS NOT NULL AND NOT json_valid(e.metadata)",
    message: "Its metadata are not JSON.",
  },
  {
    fault: "json",
    condition: "iif(json_valid(e.tags), json_type(e.tags) <> 'array', e.tags IS NOT NULL)",
    message: "Its tags are not a JSON array.",
  },
  {
    fault: "tags",
    condition: `EXISTS (SELECT 1 FROM json_each(iif(json_valid(e.tags), e.tags, NULL)) t WHERE NOT EXISTS (
      SELECT 1 FROM eventfold_event_tags x WHERE x.tag = t.value AND x.sequence_number = e.sequence_number AND x.name = e.name))`,
    message:
      "The table of tags lacks one of its tags, or has another name for it, so that it is not found by that tag.",
  },
];

const FAULTY_EVENTS = `SELECT e.sequence_number, lower(hex(e.id)), e.category, e.stream, e.position,
    ${EVENT_FAULTS.map(({ condition }) => `coalesce(${condition}, 0)`).join(",\n    ")}
  FROM eventfold_events e NOT INDEXED LEFT JOIN eventfold_events b INDEXED BY eventfold_events_by_stream
    ON b.category = e.category AND b.stream = e.stream AND b.position = e.position - 1
  WHERE e.sequence_number > ? AND e.sequence_number <= ?
    AND (${EVENT_FAULTS.map(({ condition }) => `(${condition})`).join("\n      OR ")})
  ORDER BY e.sequence_number`;

type FaultyRow = readonly [number, string, string, string, number, ...(0 | 1)[]];

/** The faults of the events after a number, up to another one. */
export function faultsOfEvents(scope: StatementScope, after: number, upTo: number): readonly StructureFault[] {
  const rows = scope.prepared(FAULTY_EVENTS).all(after, upTo) as unknown as readonly FaultyRow[];
  return rows.flatMap(([sequenceNumber, hexId, category, stream, position, ...has]) => {
    const event = { sequenceNumber, id: uuidOf(hexId), category, stream, position };
    return EVENT_FAULTS.filter((_, index) => has[index] === 1).map(
      ({ fault, message }): StructureFault => ({ kind: "fault", fault, event, message }),
    );
  });
}
