import assert from "node:assert/strict";
import { collected, collectedPages, firstOf } from "../observe/collected.ts";
import { rejectionOf, rejectsWith, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

/** In code-point order, which differs from that of UTF-16 units (the last two) and from that of any language. */
const IN_ORDER: readonly string[] = [
  " ",
  "!",
  "-",
  "0",
  "10",
  "2",
  "A",
  "B",
  "Z",
  "_",
  "a",
  "a ",
  "a0",
  "aa",
  "b",
  "z",
  "\u00c4",
  "\u00e4",
  "\u0301",
  "\u0410",
  "\u4e00",
  "\ufb01",
  "\uffee",
  "\u{1f600}",
  "\u{10fffd}",
];

/** Rule 17: listings. */
export const listings: readonly StorageRuleTest[] = [
  ruleTest(
    17,
    "categories and streams come as identifiers in code-point order, each once",
    async ({ store, otherStore, random }) => {
      for (const category of random.shuffle(IN_ORDER)) {
        await store
          .category(category)
          .publish({ streams: random.shuffle(IN_ORDER).map((stream) => ({ stream, events: someEvents(1) })) });
      }
      await store.stream({ category: "a", stream: "a" }).publish({ events: someEvents(3) });
      assertSame(
        await collected(otherStore.categories()),
        IN_ORDER.map((category) => ({ kind: "category", category })),
      );
      for (const category of ["a", "\u{1f600}"]) {
        const listed = await collected(otherStore.category(category).streams());
        assertSame(
          listed,
          IN_ORDER.map((stream) => ({ kind: "stream", category, stream })),
        );
      }
    },
  ),
  ruleTest(
    17,
    "after and limit narrow the list by name, whether the name given as after exists or not",
    async ({ store }) => {
      await store.publish(IN_ORDER.map((name) => ({ category: name, stream: name, events: someEvents(1) })));
      await store.category("all").publish({ streams: IN_ORDER.map((stream) => ({ stream, events: someEvents(1) })) });
      const all = [...IN_ORDER, "all"].toSorted((a, b) => (a < b ? -1 : 1)).length;
      for (const [index, after] of IN_ORDER.entries()) {
        const streams = (await collected(store.category("all").streams({ after, limit: 3 }))).map(
          ({ stream }) => stream,
        );
        assertSame(streams, IN_ORDER.slice(index + 1, index + 4), `streams after ${JSON.stringify(after)}`);
        const categories = (await collected(store.categories({ after }))).map(({ category }) => category);
        assertSame(
          categories.filter((name) => name !== "all"),
          IN_ORDER.slice(index + 1),
          `categories after ${JSON.stringify(after)}`,
        );
      }
      const between = (await collected(store.category("all").streams({ after: "a1", limit: 2 }))).map(
        ({ stream }) => stream,
      );
      assertSame(between, ["aa", "b"]);
      assert.equal((await collected(store.categories({ limit: all + 9 }))).length, all);
    },
  ),
  ruleTest(
    17,
    "listings are paged inside, with no limit on the total, and can be continued after any name",
    async ({ adapter, store, sizes }) => {
      const names = Array.from({ length: sizes.manyEvents }, (_, n) => `stream-${String(n).padStart(6, "0")}`);
      await store
        .category("many")
        .publish({ streams: names.toReversed().map((stream) => ({ stream, events: someEvents(1) })) });
      const listed = (await collected(store.category("many").streams())).map(({ stream }) => stream);
      assertSame(listed, names);
      for (const [after, limit] of [
        [255, 300],
        [998, 1_002],
        [0, 256],
        [1_499, 1],
        [2_400, 1_000],
      ] as const) {
        const part = await collected(store.category("many").streams({ after: names[after], limit }));
        assertSame(
          part.map(({ stream }) => stream),
          names.slice(after + 1, after + 1 + limit),
        );
      }
      const pages: number[] = [];
      for await (const page of adapter.storage.streams("many", { after: undefined, limit: undefined }))
        pages.push(page.length);
      assert.ok(pages.length > 1 && pages.every((size) => size > 0), `pages of ${pages.join(", ")} names`);
      assertSame(
        (await firstOf(store.category("many").streams(), 2)).map(({ stream }) => stream),
        names.slice(0, 2),
      );
    },
  ),
  ruleTest(17, "many categories are listed in order too", async ({ adapter, store, sizes }) => {
    const names = Array.from({ length: sizes.manyEvents }, (_, n) => `category-${String(n).padStart(6, "0")}`);
    await store.publish(names.toReversed().map((category) => ({ category, stream: "s", events: someEvents(1) })));
    assertSame(
      (await collected(store.categories())).map(({ category }) => category),
      names,
    );
    const rest = await collectedPages(adapter.storage.categories({ after: names[1_000], limit: 700 }));
    assertSame(rest, names.slice(1_001, 1_701));
  }),
  ruleTest(
    17,
    "a listing that is under way goes on while others publish, and shows what was there in order",
    async ({ store, otherStore, sizes }) => {
      const names = Array.from({ length: sizes.manyEvents }, (_, n) => `s${String(n * 2).padStart(6, "0")}`);
      await store.category("many").publish({ streams: names.map((stream) => ({ stream, events: someEvents(1) })) });
      const seen: string[] = [];
      for await (const { stream } of store.category("many").streams()) {
        if (seen.length % 500 === 0)
          await otherStore
            .category("many")
            .stream(`s${String(seen.length * 2 + 1).padStart(6, "0")}`)
            .publish({ events: someEvents(1) });
        seen.push(stream);
      }
      assertSame(seen, [...new Set(seen)].sort(), "in order, each once");
      const all = new Set(seen);
      assertSame(
        names.filter((name) => !all.has(name)),
        [],
        "streams that were there before and not shown",
      );
    },
  ),
  ruleTest(
    17,
    "a limit below 1, fractional or no number, and an after that is not a name, reject the first step",
    async ({ store }) => {
      for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        await rejectsWithClass(store.categories({ limit }).next(), RangeError);
        await rejectsWithClass(store.category("c").streams({ limit }).next(), RangeError);
      }
      assert.ok((await rejectionOf(store.categories({ limit: "1" as unknown as number }).next())) instanceof TypeError);
      await rejectsWith(store.categories({ after: 5 as unknown as string }).next(), "INVALID_NAME");
    },
  ),
];
