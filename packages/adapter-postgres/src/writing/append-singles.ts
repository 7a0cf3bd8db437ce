import type { StreamWrite } from "@eventfold/store/adapter";
import { int4Array, textArray } from "../connection/binary-array.ts";
import { ANY_POSITION, type AppendRequest, expectedPositionOf, type HopefulAppendPath } from "./append-path.ts";
import { contentArrays, idArray } from "./event-parameters.ts";
import { streamKeyOf } from "./publish.ts";
import { numbersIn, storedVerdict } from "./verdict.ts";

/** Several publishes of one event each for one stream, whose conditions ask for one position, or for none. */
export const appendSingles: HopefulAppendPath = {
  serves: (publishes) => publishes.length > 1 && publishes.every(isSingle),

  statement(names, publishes, { lockTimeoutMs, notify }) {
    const writes = publishes.flatMap((publish) => publish.writes);
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
        lockTimeoutMs,
        notify,
      ],
    };
  },

  verdicts(publishes, [row]) {
    const [positions, numbers] = (row ?? []).map(numbersIn);
    if (positions === undefined || numbers === undefined || positions.length === 0) return undefined;
    return publishes.map(({ writes }, index) =>
      storedVerdict(writes, {
        next: () => ({ position: positions[index] as number, sequenceNumber: numbers[index] as number }),
      }),
    );
  },
};

function isSingle({ writes }: AppendRequest): boolean {
  const write = writes.length === 1 ? writes[0] : undefined;
  return write?.events.length === 1 && expectedPositionOf(write.allowed) !== undefined;
}

/** For each write, how many of the writes up to and including it are for its stream. */
function placesInStreams(writes: readonly StreamWrite[]): readonly number[] {
  const counts = new Map<string, number>();
  return writes.map((write) => {
    const key = streamKeyOf(write);
    const place = (counts.get(key) ?? 0) + 1;
    counts.set(key, place);
    return place;
  });
}
