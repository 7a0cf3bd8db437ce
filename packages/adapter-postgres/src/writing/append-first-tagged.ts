import { EMPTY_STREAM_POSITION, type PreparedEvent, type StreamWrite } from "@eventfold/store/adapter";
import { textArray } from "../connection/binary-array.ts";
import { expectedPositionOf, type HopefulAppendPath, loneWriteOf } from "./append-path.ts";
import { eventScalars } from "./event-parameters.ts";
import { storedVerdict } from "./verdict.ts";

/** One event with tags for a stream that must be empty, without a condition on the events of the log. */
export const appendFirstTagged: HopefulAppendPath = {
  serves(publishes) {
    const write = loneWriteOf(publishes);
    return (
      write?.events.length === 1 &&
      expectedPositionOf(write.allowed) === EMPTY_STREAM_POSITION &&
      publishes[0]?.failIf === undefined
    );
  },

  statement(names, publishes, { lockTimeoutMs, notify }) {
    const { category, stream, events } = loneWriteOf(publishes) as StreamWrite;
    const [event] = events as readonly [PreparedEvent];
    return {
      text: `select ${names.appendFirstTagged}($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
      values: [category, stream, ...eventScalars(event), textArray(event.tags), lockTimeoutMs, notify],
    };
  },

  verdicts([publish], [row]) {
    const number = row?.[0];
    if (number === null || number === undefined) return undefined;
    return [storedVerdict(publish?.writes ?? [], { next: () => ({ position: 0, sequenceNumber: Number(number) }) })];
  },
};
