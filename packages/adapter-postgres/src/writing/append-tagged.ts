import type { PreparedEvent } from "@eventfold/store/adapter";
import { booleanArray, int4Array, int8Array, textArray } from "../connection/binary-array.ts";
import { arrayText, itemsInSql } from "../reading/items-in-sql.ts";
import { eventsOf, verdictsFrom, writeColumns } from "./append-many.ts";
import type { AppendPath, AppendRequest } from "./append-path.ts";
import { contentArrays, idArray } from "./event-parameters.ts";
import { oneOfEachStripe } from "./tag-stripe.ts";
import { numbersIn } from "./verdict.ts";

const PARAMETERS = Array.from({ length: 21 }, (_, index) => `$${index + 1}`).join(",");

/** Any number of publishes, of any number of writes each, some of which have tags or a condition on the events of the log. */
export const appendTagged: AppendPath = {
  serves: () => true,

  statement(names, publishes, { lockTimeoutMs, notify }) {
    const { events, writeNumbers } = eventsOf(publishes);
    const stored = publishes.every(({ isOnlyJudged }) => isOnlyJudged) ? [] : events;
    return {
      text: `select * from ${names.appendTagged}(${PARAMETERS})`,
      values: [
        ...[...writeColumns(publishes), storeColumn(publishes)],
        ...[int4Array(writeNumbers), idArray(events), ...contentArrays(stored)],
        stored === events ? tagColumn(events) : lockColumn(events),
        ...itemColumns(publishes),
        ...[lockTimeoutMs, notify],
      ],
    };
  },

  verdicts(publishes, rows) {
    const [verdicts = [], heads = [], positions = [], numbers = [], matched = []] = (rows[0] ?? []).map(numbersIn);
    return verdictsFrom(publishes, { verdicts, heads, positions, numbers, matched });
  },
};

function storeColumn(publishes: readonly AppendRequest[]): Buffer {
  return booleanArray(publishes.flatMap(({ writes, isOnlyJudged = false }) => writes.map(() => !isOnlyJudged)));
}

function tagColumn(events: readonly PreparedEvent[]): Buffer {
  return textArray(events.map(({ tags }) => (tags.length === 0 ? null : arrayText(tags))));
}

// Where nothing is stored, tags only say which locks are to be taken: so few of them, however many events there are.
function lockColumn(events: readonly PreparedEvent[]): Buffer {
  return textArray([arrayText(oneOfEachStripe(events))]);
}

/** The items of the conditions, an array for each column: publish, after, tags, names. */
function itemColumns(publishes: readonly AppendRequest[]): readonly Buffer[] {
  const items = publishes.flatMap(({ failIf }, publish) => {
    if (failIf === undefined) return [];
    const { tags, names } = itemsInSql(failIf.items);
    return tags.map((ofItem, item) => ({ publish, after: failIf.after, tags: ofItem, names: names[item] ?? null }));
  });
  return [
    int4Array(items.map(({ publish }) => publish)),
    int8Array(items.map(({ after }) => after)),
    textArray(items.map(({ tags }) => tags)),
    textArray(items.map(({ names }) => names)),
  ];
}
