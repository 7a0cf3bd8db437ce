import type { PreparedEvent, StreamWrite } from "@eventfold/store/adapter";
import { textArray } from "../connection/binary-array.ts";
import { itemsInSql } from "../reading/items-in-sql.ts";
import { type AppendPath, loneWriteOf } from "./append-path.ts";
import { conditionScalars, eventScalars } from "./event-parameters.ts";
import { storedVerdict, unmetVerdict } from "./verdict.ts";

const PARAMETERS = Array.from({ length: 17 }, (_, index) => `$${index + 1}`).join(",");

/** One event for one stream, with tags, with a condition on the events of the log, or both. */
export const appendOneTagged: AppendPath = {
  serves: (publishes) => loneWriteOf(publishes)?.events.length === 1 && publishes[0]?.isOnlyJudged !== true,

  statement(names, publishes, { lockTimeoutMs, notify }) {
    const { category, stream, events, allowed } = loneWriteOf(publishes) as StreamWrite;
    const [event] = events as readonly [PreparedEvent];
    const { items = [], after = 0 } = publishes[0]?.failIf ?? {};
    const { tags, names: eventNames } = itemsInSql(items);
    return {
      text: `select * from ${names.appendOneTagged}(${PARAMETERS})`,
      values: [
        ...[category, stream, ...conditionScalars(allowed)],
        ...[...eventScalars(event), event.tags.length === 0 ? null : textArray(event.tags)],
        ...[after, textArray(tags), textArray(eventNames)],
        ...[lockTimeoutMs, notify],
      ],
    };
  },

  verdicts([publish], [row]) {
    const { writes = [] } = publish ?? {};
    const [head, number, matched] = row ?? [];
    if (head === null || head === undefined) return [{ kind: "seen" }];
    if (matched !== null && matched !== undefined) return [{ kind: "matched", sequenceNumber: Number(matched) }];
    if (number === null || number === undefined) return [unmetVerdict(writes, [Number(head)])];
    return [storedVerdict(writes, { next: () => ({ position: Number(head) + 1, sequenceNumber: Number(number) }) })];
  },
};
