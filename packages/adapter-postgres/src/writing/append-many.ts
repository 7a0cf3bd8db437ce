import type { PreparedEvent, StreamWrite } from "@eventfold/store";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { AppendOptions } from "./append-one.ts";
import { booleanArray, int4Array, textArray } from "./binary-array.ts";
import { contentArrays, idArray } from "./event-parameters.ts";
import { numbersIn } from "./numbers-in.ts";
import type { Verdict } from "./verdict.ts";
import { storedVerdict, unmetVerdict } from "./verdict.ts";

/** What one statement is to write: publishes, each a list of writes. */
export type WritesByPublish = readonly (readonly StreamWrite[])[];

/** `"judge"` only returns the verdicts and keeps the locks; nothing is stored, and payloads are not sent. */
export interface AppendManyOptions extends AppendOptions {
  readonly mode: "store" | "judge";
}

/** The statement for any number of publishes, of any number of writes each. */
export function appendManyStatement(
  names: LogNames,
  publishes: WritesByPublish,
  options: AppendManyOptions,
): Statement {
  const parameters = Array.from({ length: 16 }, (_, index) => `$${index + 1}`).join(",");
  return {
    text: `select * from ${names.append}(${parameters})`,
    values: [
      ...writeColumns(publishes),
      ...eventColumns(publishes, options.mode === "store"),
      options.lockTimeoutMs,
      options.mode === "store",
      options.notify,
    ],
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

/** `"accepted"` is what a judging call says of a publish that would be stored. */
export type ManyVerdict = Verdict | { readonly kind: "accepted" };

/** What the statement's row says of each publish: see the function in `sql/events/0002-append`. */
export function appendManyVerdicts(
  publishes: WritesByPublish,
  rows: readonly TextRow[],
  mode: AppendManyOptions["mode"],
): readonly ManyVerdict[] {
  const [verdicts = [], heads = [], positions = [], numbers = []] = (rows[0] ?? []).map(numbersIn);
  let event = -1;
  const places = {
    next: () => {
      event += 1;
      return { position: positions[event] ?? Number.NaN, sequenceNumber: numbers[event] ?? Number.NaN };
    },
  };
  let write = 0;
  return publishes.map((writes, index): ManyVerdict => {
    const headsOfPublish = heads.slice(write, write + writes.length);
    write += writes.length;
    switch (verdicts[index]) {
      case 0:
        return mode === "judge" ? { kind: "accepted" } : storedVerdict(writes, places);
      case 1:
        return unmetVerdict(writes, headsOfPublish);
      default:
        return { kind: "seen" };
    }
  });
}
