import type { StructureFault } from "@eventfold/store/adapter";
import type { LogNames } from "../naming/log-names.ts";
import type { Running } from "./event-check.ts";

const PART = 10_000;

/** Checks that each row of the table of tags is of an event that has the tag, part by part. Rows of later events are passed over. */
export async function* faultsOfTags(run: Running, names: LogNames, upTo: number): AsyncGenerator<StructureFault> {
  const endOfPart = `select tag, sequence_number from (select tag, sequence_number from ${names.eventTags}
    where (tag, sequence_number) > ($1, $2) order by tag, sequence_number limit ${PART}) t order by tag desc, sequence_number desc limit 1`;
  const orphans = `select t.tag, t.sequence_number from ${names.eventTags} t
      left join lateral (select true as has_tag from ${names.events} e
        where e.sequence_number = t.sequence_number and t.tag = any(e.tags) limit 1) e on true
     where (t.tag, t.sequence_number) > ($1, $2) and (t.tag, t.sequence_number) <= ($3, $4) and t.sequence_number <= $5
       and has_tag is null
     order by 1, 2`;
  for (let place: readonly unknown[] = ["", 0]; ; ) {
    const [end] = await run({ text: endOfPart, values: place });
    if (end === undefined) return;
    for (const [tag, number] of await run({ text: orphans, values: [...place, ...end, upTo] })) {
      yield {
        kind: "fault",
        fault: "tags",
        event: { sequenceNumber: Number(number) },
        message: `The table of tags has the tag ${JSON.stringify(tag)} for an event that does not exist or does not have it.`,
      };
    }
    place = end;
  }
}
