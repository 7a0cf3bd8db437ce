import type { StreamWrite } from "@eventfold/store";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { WritesByPublish } from "./append-many.ts";
import type { AppendOptions } from "./append-one.ts";
import { int4Array, textArray } from "./binary-array.ts";
import { contentArrays, idArray } from "./event-parameters.ts";
import { ANY_POSITION, expectedPositionOf } from "./expected-position.ts";
import { numbersIn } from "./numbers-in.ts";
import { streamKeyOf } from "./publish.ts";
import type { Verdict } from "./verdict.ts";
import { storedVerdict } from "./verdict.ts";

/** Whether each publish is of one event for one stream, with a condition that asks for one position, or none. */
export function areSingles(publishes: WritesByPublish): boolean {
  return publishes.every(
    ([write, ...others]) =>
      others.length === 0 && write?.events.length === 1 && expectedPositionOf(write.allowed) !== undefined,
  );
}

/** The statement for publishes that {@link areSingles}, which stores all of them or nothing. */
export function appendSinglesStatement(names: LogNames, publishes: WritesByPublish, options: AppendOptions): Statement {
  const writes = publishes.flat();
  const events = writes.flatMap((write) => write.events);
  return {
    text: `select * from ${names.appendSingles}($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
    values: [
      textArray(writes.map((write) => write.category)),
      textArray(writes.map((write) => write.stream)),
      int4Array(placesInStreams(writes)),
      int4Array(writes.map(({ allowed }) => expectedPositionOf(allowed) ?? ANY_POSITION)),
      idArray(events),
      ...contentArrays(events),
      options.lockTimeoutMs,
      options.notify,
    ],
  };
}

/** The verdicts, if everything was stored: see the function in `sql/events/0002-append`. */
export function appendSinglesVerdicts(
  publishes: WritesByPublish,
  [row]: readonly TextRow[],
): readonly Verdict[] | undefined {
  const [positions, numbers] = (row ?? []).map(numbersIn);
  if (positions === undefined || numbers === undefined || positions.length === 0) return undefined;
  return publishes.map((writes, index) =>
    storedVerdict(writes, {
      next: () => ({ position: positions[index] as number, sequenceNumber: numbers[index] as number }),
    }),
  );
}

/** For each write, how many of them are for its stream, up to and with it. */
function placesInStreams(writes: readonly StreamWrite[]): readonly number[] {
  const counts = new Map<string, number>();
  return writes.map((write) => {
    const key = streamKeyOf(write);
    const place = (counts.get(key) ?? 0) + 1;
    counts.set(key, place);
    return place;
  });
}
