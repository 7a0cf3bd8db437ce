import type { PreparedEvent, StreamWrite } from "@eventfold/store/adapter";
import { booleanArray, int4Array, textArray } from "../connection/binary-array.ts";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { AppendOptions, AppendPath, WritesByPublish } from "./append-path.ts";
import { contentArrays, idArray } from "./event-parameters.ts";
import { type EventPlaces, numbersIn, storedVerdict, unmetVerdict, type Verdict } from "./verdict.ts";

const PARAMETERS = Array.from({ length: 16 }, (_, index) => `$${index + 1}`).join(",");

/** Any number of publishes, of any number of writes each. */
export const appendMany: AppendPath = {
  serves: () => true,
  statement: (names, publishes, options) => statementOf(names, publishes, { ...options, isStored: true }),
  verdicts: (publishes, rows) => verdictsOf(publishes, rows, storedVerdict),
};

/** That a publish would be stored. */
export interface Accepted {
  readonly kind: "accepted";
}

/** Only judges, and keeps the locks: nothing is stored, and payloads are not sent. */
export const judgeMany: AppendPath<Verdict | Accepted> = {
  serves: () => true,
  statement: (names, publishes, options) => statementOf(names, publishes, { ...options, isStored: false }),
  verdicts: (publishes, rows) => verdictsOf(publishes, rows, () => ({ kind: "accepted" })),
};

function statementOf(
  names: LogNames,
  publishes: WritesByPublish,
  { lockTimeoutMs, notify, isStored }: AppendOptions & { readonly isStored: boolean },
): Statement {
  return {
    text: `select * from ${names.append}(${PARAMETERS})`,
    values: [...writeColumns(publishes), ...eventColumns(publishes, isStored), lockTimeoutMs, isStored, notify],
  };
}

function writeColumns(publishes: WritesByPublish): readonly Buffer[] {
  const writes = publishes.flat();
  return [
    int4Array(publishes.flatMap((publish, index) => publish.map(() => index))),
    textArray(writes.map((write) => write.category)),
    textArray(writes.map((write) => write.stream)),
    textArray(writes.map(({ allowed }) => (allowed === undefined ? null : `{${allowed.positions.join(",")}}`))),
    booleanArray(writes.map((write) => write.allowed?.complement ?? false)),
  ];
}

function eventColumns(publishes: WritesByPublish, isStored: boolean): readonly Buffer[] {
  const events: PreparedEvent[] = [];
  const writeNumbers: number[] = [];
  publishes.flat().forEach((write, index) => {
    for (const event of write.events) {
      events.push(event);
      writeNumbers.push(index + 1);
    }
  });
  const stored = isStored ? events : [];
  return [int4Array(writeNumbers), idArray(events), ...contentArrays(stored)];
}

function verdictsOf<TStored>(
  publishes: WritesByPublish,
  rows: readonly TextRow[],
  storedOf: (writes: readonly StreamWrite[], places: EventPlaces) => TStored,
): readonly (TStored | Verdict)[] {
  const [verdicts = [], heads = [], positions = [], numbers = []] = (rows[0] ?? []).map(numbersIn);
  let event = -1;
  const places = {
    next: () => {
      event += 1;
      return { position: positions[event] ?? Number.NaN, sequenceNumber: numbers[event] ?? Number.NaN };
    },
  };
  let write = 0;
  return publishes.map((writes, index) => {
    const headsOfPublish = heads.slice(write, write + writes.length);
    write += writes.length;
    switch (verdicts[index]) {
      case 0:
        return storedOf(writes, places);
      case 1:
        return unmetVerdict(writes, headsOfPublish);
      default:
        return { kind: "seen" };
    }
  });
}
