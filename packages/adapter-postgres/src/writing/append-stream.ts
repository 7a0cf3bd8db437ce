import type { StreamWrite } from "@eventfold/store/adapter";
import { type AppendPath, loneWriteOf } from "./append-path.ts";
import { conditionScalars, contentArrays, idArray } from "./event-parameters.ts";
import { storedVerdict, unmetVerdict } from "./verdict.ts";

/** Several events, or none, for one stream. */
export const appendStream: AppendPath = {
  serves: (publishes) => loneWriteOf(publishes) !== undefined,

  statement(names, publishes, { lockTimeoutMs, notify }) {
    const { category, stream, events, allowed } = loneWriteOf(publishes) as StreamWrite;
    const columns = [idArray(events), ...contentArrays(events)];
    return {
      text: `select * from ${names.appendStream}($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
      values: [category, stream, ...conditionScalars(allowed), ...columns, lockTimeoutMs, notify],
    };
  },

  verdicts([publish], rows) {
    const { writes = [] } = publish ?? {};
    const first = rows[0]?.[0];
    if (first === null || first === undefined) return [{ kind: "seen" }];
    const head = Number(first);
    if (head < -1) return [unmetVerdict(writes, [-3 - head])];
    let row = 0;
    const places = {
      next: () => {
        row += 1;
        return { position: head + row, sequenceNumber: Number(rows[row]?.[0]) };
      },
    };
    return [storedVerdict(writes, places)];
  },
};
