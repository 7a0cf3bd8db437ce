import {
  type CheckedRestoreBatch,
  type EventText,
  isSameEvent,
  LogChangedError,
  type OrderingGuarantee,
  passedNumberFault,
  positionFault,
} from "@eventfold/store/adapter";
import { int4Array, textArray } from "../connection/binary-array.ts";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";

/** The statement for how a batch fits the log: the newest event, the last number, and the first stream that it does not go on. */
export function fittingStatement(names: LogNames, { firstOfStreams }: CheckedRestoreBatch): Statement {
  return {
    text: `select n.sequence_number, n.id, s.last, m.place, m.latest
  from (select case when is_called then last_value else 0 end as last from ${names.sequence}) s
  left join lateral (select e.sequence_number, e.id from ${names.events} e order by e.sequence_number desc limit 1) n on true
  left join lateral (
    select f.place, coalesce(h.position, -1) as latest
      from unnest($1::text[], $2::text[], $3::integer[]) with ordinality f(category, stream, position, place)
      left join lateral (select e.position from ${names.events} e where e.category = f.category and e.stream = f.stream
                          order by e.position desc limit 1) h on true
     where f.position <> coalesce(h.position, -1) + 1
     limit 1) m on true`,
    values: [
      textArray(firstOfStreams.map(({ category }) => category)),
      textArray(firstOfStreams.map(({ stream }) => stream)),
      int4Array(firstOfStreams.map(({ position }) => position)),
    ],
  };
}

/**
 * Refuses a batch that does not fit. Under `"log"` the horizon is the newest event, above which every number of the batch lies. Else
 * readers go by the last number that was given, even if what it was given to was rolled back.
 *
 * @throws `LogChangedError` and `UnrestorableEventError`.
 */
export function refuseUnfitting(batch: CheckedRestoreBatch, guarantee: OrderingGuarantee, row: TextRow): void {
  const { newest: expected, events, firstOfStreams } = batch;
  const [number = null, id = null, last, place = null, latest] = row;
  const newest = number === null || id === null ? undefined : { sequenceNumber: Number(number), id };
  if (!isSameEvent(expected, newest)) throw new LogChangedError({ expected, newest });
  const [first] = events;
  if (guarantee !== "log" && first !== undefined && first.sequenceNumber <= Number(last)) {
    throw passedNumberFault(first, Number(last));
  }
  if (place !== null) throw positionFault(firstOfStreams[Number(place) - 1] as EventText, Number(latest) + 1);
}
