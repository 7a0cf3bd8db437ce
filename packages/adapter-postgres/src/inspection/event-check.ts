import type { StructureFault, StructureFaultKind } from "@eventfold/store/adapter";
import { NAME_LIMITS } from "@eventfold/types";
import type { Statement, TextRow } from "../connection/statement.ts";
import { sqlstateOf } from "../errors/sqlstate.ts";
import type { LogNames } from "../naming/log-names.ts";
import { perLog } from "../naming/per-log.ts";

/** Runs a statement; its errors are not translated. */
export type Running = (statement: Statement) => Promise<readonly TextRow[]>;

/** Events after a number, up to another one. */
export interface EventRange {
  readonly after: number;
  readonly upTo: number;
}

/** A fault that an event can have: the condition in SQL under which it has it, and what is said of it. */
interface EventFault {
  readonly fault: StructureFaultKind;
  readonly condition: string;
  readonly message: string;
}

// `e` is the event, and `b` the one before it in its stream.
const eventFaults = (names: LogNames): readonly EventFault[] => [
  {
    fault: "position",
    condition: "e.position > 0 and b.sequence_number is null",
    message: "The stream has no event at the position before this one: an event is missing, or a position was changed.",
  },
  {
    fault: "order",
    condition: "b.sequence_number >= e.sequence_number",
    message: "Its sequence number is below that of the event before it in the stream.",
  },
  {
    fault: "range",
    condition: `e.sequence_number not between 1 and ${Number.MAX_SAFE_INTEGER} or e.position < 0 or e.version < 1`,
    message: "Its sequence number, position or version is outside of the range that is ever stored.",
  },
  {
    fault: "range",
    condition: ["e.observed_at", "e.occurred_at"]
      .map((time) => `${time} not between '0001-01-01 00:00:00+00' and '9999-12-31 23:59:59.999+00'`)
      .join(" or "),
    message: "One of its times is outside of the years 1 to 9999.",
  },
  {
    fault: "range",
    condition: `length(e.category) not between 1 and ${NAME_LIMITS.category} or length(e.stream) not between 1 and ${NAME_LIMITS.stream}
      or length(e.name) not between 1 and ${NAME_LIMITS.event}`,
    message: "The name of its category, of its stream or of the event is empty or too long.",
  },
  {
    fault: "size",
    condition: `e.size <> octet_length(e.payload::text) + coalesce(octet_length(e.metadata::text), 0)
      + coalesce(octet_length(array_to_string(e.tags, '')), 0)`,
    message: "The size that is stored with it is not that of its payload, metadata and tags.",
  },
  {
    fault: "tags",
    condition: `exists (select from unnest(e.tags) t(tag) where not exists (select from ${names.eventTags} x
      where x.tag = t.tag and x.sequence_number = e.sequence_number and x.name = e.name))`,
    message:
      "The table of tags lacks one of its tags, or has another name for it, so that it is not found by that tag.",
  },
];

// A cast checks a text that is json already no more than any other, and fails where it is not JSON. `or` goes from left to right.
const READS_DOCUMENTS = "e.payload::text::json is null or e.metadata is not null and e.metadata::text::json is null";

// A lateral query with a limit is always one descent of the index per event, whatever the statistics say.
const faultyEvents = perLog((names) => {
  const conditions = eventFaults(names).map(({ condition }) => `(${condition})`);
  return `select e.sequence_number, e.id, e.category, e.stream, e.position, ${conditions.join(", ")}
    from ${names.events} e left join lateral (select p.sequence_number from ${names.events} p
      where p.category = e.category and p.stream = e.stream and p.position = e.position - 1 limit 1) b on true
   where e.sequence_number > $1 and e.sequence_number <= $2 and (${[READS_DOCUMENTS, ...conditions].join(" or ")})
   order by e.sequence_number`;
});

/** The faults of events. Where the server cannot read one of them, the range is halved until it is known which. */
export async function* faultsOfEvents(
  run: Running,
  names: LogNames,
  range: EventRange,
): AsyncGenerator<StructureFault> {
  let rows: readonly TextRow[];
  try {
    rows = await run({ text: faultyEvents(names), values: [range.after, range.upTo] });
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    yield* faultsOfUnreadable(run, names, { ...range, error });
    return;
  }
  for (const row of rows) {
    const event = eventIn(row);
    for (const [index, { fault, message }] of eventFaults(names).entries()) {
      if (row[5 + index] === "t") yield { kind: "fault", fault, event, message };
    }
  }
}

async function* faultsOfUnreadable(
  run: Running,
  names: LogNames,
  { after, upTo, error }: EventRange & { readonly error: unknown },
): AsyncGenerator<StructureFault> {
  const middle = await middleOf(run, names, { after, upTo });
  if (middle !== undefined) {
    yield* faultsOfEvents(run, names, { after, upTo: middle });
    yield* faultsOfEvents(run, names, { after: middle, upTo });
    return;
  }
  const text = `select sequence_number, id, category, stream, position from ${names.events} where sequence_number = $1`;
  const row = await run({ text, values: [upTo] }).then(
    ([found]) => found,
    () => undefined,
  );
  const event = row === undefined ? { sequenceNumber: upTo } : eventIn(row);
  const message = `Its payload or metadata are not JSON, or its row cannot be read: PostgreSQL fails with SQLSTATE ${sqlstateOf(error)}.`;
  yield { kind: "fault", fault: "json", event, message };
}

/** A number that halves the events of a range; `undefined` if there is but one. */
async function middleOf(run: Running, names: LogNames, { after, upTo }: EventRange): Promise<number | undefined> {
  const text = `select max(sequence_number), count(*) from (select sequence_number, ntile(2) over (order by sequence_number) as half
    from ${names.events} where sequence_number > $1 and sequence_number <= $2) e where half = 1
    having max(sequence_number) < (select max(sequence_number) from ${names.events} where sequence_number > $1 and sequence_number <= $2)`;
  const [row] = await run({ text, values: [after, upTo] });
  return row === undefined ? undefined : Number(row[0]);
}

/** Whether an error says that a value or a page cannot be read: classes 22 (data exception) and XX (corrupted data). */
function isUnreadable(error: unknown): boolean {
  return /^(22|54|XX)/.test(sqlstateOf(error) ?? "");
}

function eventIn([sequenceNumber, id, category, stream, position]: TextRow) {
  return {
    sequenceNumber: Number(sequenceNumber),
    id: String(id),
    category: String(category),
    stream: String(stream),
    position: Number(position),
  };
}
