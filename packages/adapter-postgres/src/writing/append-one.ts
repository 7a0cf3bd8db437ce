import type { PreparedEvent, StreamWrite } from "@eventfold/store/adapter";
import { type AppendPath, loneWriteOf } from "./append-path.ts";
import { conditionScalars, eventScalars } from "./event-parameters.ts";
import { storedVerdict, unmetVerdict } from "./verdict.ts";

/** One event for one stream. */
export const appendOne: AppendPath = {
  serves: (publishes) => loneWriteOf(publishes)?.events.length === 1,

  statement(names, publishes, { lockTimeoutMs, notify }) {
    const { category, stream, events, allowed } = loneWriteOf(publishes) as StreamWrite;
    const event = events[0] as PreparedEvent;
    return {
      text: `select * from ${names.appendOne}($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
      values: [category, stream, ...conditionScalars(allowed), ...eventScalars(event), lockTimeoutMs, notify],
    };
  },

  verdicts([publish], [row]) {
    const { writes = [] } = publish ?? {};
    const [head, number] = row ?? [];
    if (head === null || head === undefined) return [{ kind: "seen" }];
    if (number === null || number === undefined) return [unmetVerdict(writes, [Number(head)])];
    return [storedVerdict(writes, { next: () => ({ position: Number(head) + 1, sequenceNumber: Number(number) }) })];
  },
};
