import assert from "node:assert/strict";
import { filter, offsetPage, path } from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

/** Values that are easily mistaken for one another, by id. */
const LISTED_VALUES: Readonly<Record<string, JsonValue>> = {
  object: { a: 1, b: 2 },
  turned: { b: 2, a: 1 },
  smaller: { a: 1 },
  larger: { a: 1, b: 2, c: 3 },
  nulled: { a: 1, b: null },
  nested: { a: { b: [1, { c: null }] } },
  list: [1, 2],
  reversed: [2, 1],
  longer: [1, 2, 3],
  wrapped: [[1, 2]],
  emptyList: [],
  emptyObject: {},
  listText: "[1,2]",
  objectText: '{"a":1}',
  number: 1,
  text: "1",
  none: null,
};

/** Lists to filter by, each with the ids that it finds. */
const LISTS: readonly (readonly [readonly JsonValue[], readonly string[]])[] = [
  [
    [{ c: 3 }, { b: 2, a: 1 }, [9]],
    ["object", "turned"],
  ],
  [
    [{ a: 1, b: 2 }, { a: 1 }],
    ["object", "turned", "smaller"],
  ],
  [
    [
      { b: null, a: 1 },
      { a: 1, b: [] },
    ],
    ["nulled"],
  ],
  [
    [[], [2, 1], [[2, 1]]],
    ["emptyList", "reversed"],
  ],
  [
    [[1], [1, 2], [[1, 2]]],
    ["list", "wrapped"],
  ],
  [
    [{ a: { b: [{ c: null }, 1] } }, {}, { a: { b: [1, { c: null }] } }],
    ["nested", "emptyObject"],
  ],
  [
    [[2], {}, 1, "1"],
    ["emptyObject", "number", "text"],
  ],
  [
    [{ a: 1 }, null, "[1,2]", 2],
    ["smaller", "listText", "none", "missing"],
  ],
  [[{ a: 2 }, [3], [[]]], []],
];

/** Filters with a list of values. */
export const queriesByList: readonly ProjectionRuleTest[] = [
  projectionTest(
    "queries",
    "in and not_in find objects and lists that equal any one of several, whatever the order of members",
    async ({ store, otherStore }) => {
      const values = Object.entries(LISTED_VALUES);
      await store.saveMany(values.map(([id, x]) => aProjection({ id, state: { x }, metadata: { x: [x] } })));
      await store.save(aProjection({ id: "missing", state: {}, metadata: { x: [] } }));
      const ids = [...values.map(([id]) => id), "missing"];
      for (const [list, found] of LISTS) {
        for (const field of [path.unchecked("state", "x"), path.unchecked("metadata", "x", 0)]) {
          const idsWith = async (operator: "in" | "not_in"): Promise<string[]> => {
            const clause = filter(field, operator, list);
            const { items } = await otherStore.search({
              filters: [clause],
              paging: offsetPage({ number: 1, size: 50 }),
            });
            assert.equal(await otherStore.count({ filters: [clause] }), items.length, JSON.stringify(clause));
            return items.map(({ id }) => id).toSorted();
          };
          const asked = `${field.segments[0]} in ${JSON.stringify(list)}`;
          assertSame(await idsWith("in"), found.toSorted(), asked);
          assertSame(await idsWith("not_in"), ids.filter((id) => !found.includes(id)).toSorted(), `not ${asked}`);
        }
      }
    },
  ),
];
