import type { PreparedEvent } from "@eventfold/store/adapter";
import { booleanArray, int4Array, textArray } from "../connection/binary-array.ts";
import type { AppendPath, AppendRequest } from "./append-path.ts";
import { contentArrays, idArray } from "./event-parameters.ts";
import { type EventPlaces, numbersIn, storedVerdict, unmetVerdict, type Verdict } from "./verdict.ts";

const PARAMETERS = Array.from({ length: 16 }, (_, index) => `$${index + 1}`).join(",");

/** Any number of publishes, of any number of writes each: all of them are stored, or only judged. Then payloads are not sent. */
export const appendMany: AppendPath = {
  serves: () => true,

  statement(names, publishes, { lockTimeoutMs, notify }) {
    const isStored = !publishes.some(({ isOnlyJudged }) => isOnlyJudged);
    const { events, writeNumbers } = eventsOf(publishes);
    return {
      text: `select * from ${names.append}(${PARAMETERS})`,
      values: [
        ...writeColumns(publishes),
        ...[int4Array(writeNumbers), idArray(events), ...contentArrays(isStored ? events : [])],
        ...[lockTimeoutMs, isStored, notify],
      ],
    };
  },

  verdicts(publishes, rows) {
    const [verdicts = [], heads = [], positions = [], numbers = []] = (rows[0] ?? []).map(numbersIn);
    return verdictsFrom(publishes, { verdicts, heads, positions, numbers, matched: [] });
  },
};

/** The writes of publishes, an array for each column: publish, category, stream, positions, complement. */
export function writeColumns(publishes: readonly AppendRequest[]): readonly Buffer[] {
  const writes = publishes.flatMap((publish) => publish.writes);
  return [
    int4Array(publishes.flatMap((publish, index) => publish.writes.map(() => index))),
    textArray(writes.map((write) => write.category)),
    textArray(writes.map((write) => write.stream)),
    textArray(writes.map(({ allowed }) => (allowed === undefined ? null : `{${allowed.positions.join(",")}}`))),
    booleanArray(writes.map((write) => write.allowed?.complement ?? false)),
  ];
}

/** The events of publishes, in order, and the number of the write of each, from 1. */
export function eventsOf(publishes: readonly AppendRequest[]): {
  readonly events: readonly PreparedEvent[];
  readonly writeNumbers: readonly number[];
} {
  const events: PreparedEvent[] = [];
  const writeNumbers: number[] = [];
  let number = 0;
  for (const { writes } of publishes) {
    for (const write of writes) {
      number += 1;
      for (const event of write.events) {
        events.push(event);
        writeNumbers.push(number);
      }
    }
  }
  return { events, writeNumbers };
}

/** What the functions return that append any number of publishes; see `sql/events/0002-append/08-append.sql`. */
export interface Judgements {
  readonly verdicts: readonly number[];
  readonly heads: readonly number[];
  readonly positions: readonly number[];
  readonly numbers: readonly number[];
  readonly matched: readonly number[];
}

/** The verdict on each publish. */
export function verdictsFrom(publishes: readonly AppendRequest[], judgements: Judgements): readonly Verdict[] {
  const { verdicts, heads, matched } = judgements;
  const places = placesFrom(judgements);
  let write = 0;
  return publishes.map(({ writes, isOnlyJudged = false }, index) => {
    const headsOfPublish = heads.slice(write, write + writes.length);
    write += writes.length;
    switch (verdicts[index]) {
      case 0:
        return isOnlyJudged ? { kind: "accepted" } : storedVerdict(writes, places);
      case 1:
        return unmetVerdict(writes, headsOfPublish);
      case 4:
        return { kind: "matched", sequenceNumber: matched[index] ?? Number.NaN };
      default:
        return { kind: "seen" };
    }
  });
}

function placesFrom({ positions, numbers }: Judgements): EventPlaces {
  let event = -1;
  return {
    next: () => {
      event += 1;
      return { position: positions[event] ?? Number.NaN, sequenceNumber: numbers[event] ?? Number.NaN };
    },
  };
}
