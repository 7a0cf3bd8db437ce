import fc from "fast-check";
import { expect, it } from "vitest";
import { FirstRows } from "../src/evaluate/first-rows.ts";

it("FirstRows keeps what sorting everything and cutting would give", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }),
      fc.integer({ min: 1, max: 20 }),
      (rows, count) => {
        const first = new FirstRows<number>(count, (left, right) => left - right);
        for (const row of rows) first.add(row);
        expect(first.sorted()).toEqual(rows.toSorted((left, right) => left - right).slice(0, count));
      },
    ),
  );
});
