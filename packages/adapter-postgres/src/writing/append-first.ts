import { EMPTY_STREAM_POSITION, type PreparedEvent, type StreamWrite } from "@eventfold/store/adapter";
import { perLog } from "../naming/per-log.ts";
import { expectedPositionOf, type HopefulAppendPath, loneWriteOf } from "./append-path.ts";
import { eventScalars } from "./event-parameters.ts";
import { storedVerdict } from "./verdict.ts";

const textFor = perLog((names) => `select ${names.appendFirst}($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`);

/** One event for a stream that must be empty: the leanest of all. */
export const appendFirst: HopefulAppendPath = {
  serves(publishes) {
    const write = loneWriteOf(publishes);
    return write?.events.length === 1 && expectedPositionOf(write.allowed) === EMPTY_STREAM_POSITION;
  },

  statement(names, publishes, { lockTimeoutMs, notify }) {
    const { category, stream, events } = loneWriteOf(publishes) as StreamWrite;
    return {
      text: textFor(names),
      values: [category, stream, ...eventScalars(events[0] as PreparedEvent), lockTimeoutMs, notify],
    };
  },

  verdicts([publish], [row]) {
    const number = row?.[0];
    if (number === null || number === undefined) return undefined;
    return [storedVerdict(publish?.writes ?? [], { next: () => ({ position: 0, sequenceNumber: Number(number) }) })];
  },
};
