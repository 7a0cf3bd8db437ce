import assert from "node:assert/strict";
import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import { collected, collectedPages, firstOf } from "../observe/collected.ts";
import { rejectionOf, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { everything } from "../observe/storage-scan.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import { FILLED_STREAM, filledLog } from "./filled-log.ts";

/** Rule 11: scanning. */
export const scanning: readonly StorageRuleTest[] = [
  ruleTest(
    11,
    "forwards is by sequence number, backwards is forwards reversed, across pages, for every scope",
    async ({ store, otherStore, random, sizes }) => {
      const log = await filledLog(store, random, sizes.manyEvents);
      for (const { identifier, source, includes } of sourcesOf(otherStore, FILLED_STREAM)) {
        const expected = log.filter(includes);
        const title = JSON.stringify(identifier);
        assertSame(await collected(source.scan()), expected, `forwards over ${title}`);
        assertSame(await collected(source.scan({ direction: "forwards" })), expected);
        assertSame(
          await collected(source.scan({ direction: "backwards" })),
          expected.toReversed(),
          `backwards over ${title}`,
        );
        assertSame(await source.read({ direction: "backwards" }), expected.toReversed());
      }
    },
  ),
  ruleTest(
    11,
    "pages hold what a scan yields, none is empty, for every scope, direction and limit",
    async ({ store, random, sizes }) => {
      await filledLog(store, random, sizes.manyEvents);
      for (const { source } of sourcesOf(store, FILLED_STREAM)) {
        for (const direction of ["forwards", "backwards"] as const) {
          for (const limit of [undefined, 1, sizes.manyEvents - 1]) {
            const pages = await collected(source.pages({ direction, limit }));
            assertSame(pages.flat(), await collected(source.scan({ direction, limit })));
            assert.ok(pages.every(({ length }) => length > 0));
          }
        }
        const nothing = [sequenceNumberAfter(Number.MAX_SAFE_INTEGER - 1)];
        assertSame(await collected(source.pages({ constraints: nothing })), []);
        const enough = new Error("enough");
        const aborted = source.pages({ signal: AbortSignal.abort(enough) });
        assert.equal(await rejectionOf(aborted.next()), enough);
        await rejectsWithClass(source.pages({ limit: 0 }).next(), RangeError);
        for await (const page of source.pages()) {
          assert.ok(page.length > 0);
          break;
        }
      }
    },
  ),
  ruleTest(
    11,
    "going on after any event, in either direction, gives exactly the rest",
    async ({ store, random, sizes }) => {
      const log = await filledLog(store, random, 200);
      for (const { source, includes } of sourcesOf(store, FILLED_STREAM)) {
        const all = log.filter(includes);
        for (let round = 0; round < sizes.cases / 3; round += 1) {
          const at = random.integer(0, all.length - 1);
          const { sequenceNumber } = all[at] ?? { sequenceNumber: 0 };
          assertSame(await source.read({ constraints: [sequenceNumberAfter(sequenceNumber)] }), all.slice(at + 1));
          const backwards = await source.read({
            direction: "backwards",
            constraints: [sequenceNumberBefore(sequenceNumber)],
          });
          assertSame(backwards, all.slice(0, at).toReversed());
        }
      }
    },
  ),
  ruleTest(
    11,
    "a limit gives exactly that many from the start of the direction, at every size around a page",
    async ({ store, random, sizes }) => {
      const log = await filledLog(store, random, sizes.manyEvents);
      for (const { source, includes } of sourcesOf(store, FILLED_STREAM)) {
        const all = log.filter(includes);
        for (const limit of [
          1,
          2,
          99,
          100,
          101,
          255,
          256,
          257,
          499,
          500,
          501,
          999,
          1_000,
          1_001,
          2_000,
          2_049,
          all.length,
          all.length + 1,
        ]) {
          const ids = (await source.read({ limit })).map(({ id }) => id);
          assertSame(
            ids,
            all.slice(0, limit).map(({ id }) => id),
            `limit ${limit}`,
          );
          const backwards = (await source.read({ limit, direction: "backwards" })).map(({ id }) => id);
          assertSame(
            backwards,
            all
              .toReversed()
              .slice(0, limit)
              .map(({ id }) => id),
            `limit ${limit} backwards`,
          );
        }
      }
    },
  ),
  ruleTest(11, "a scan does nothing before its first step", async ({ store }) => {
    const scans = sourcesOf(store, FILLED_STREAM).flatMap(({ source }) => [
      source.scan(),
      source.scan({ direction: "backwards" }),
    ]);
    await store.stream(FILLED_STREAM).publish({ events: someEvents(3) });
    for (const scan of scans)
      assert.equal((await collected(scan)).length, 3, "it sees what was published before the first step");
  }),
  ruleTest(11, "an adapter's scan does nothing before its first step either", async ({ adapter, store }) => {
    const scans = (["forwards", "backwards"] as const).map((direction) =>
      adapter.storage.scan({ kind: "log" }, everything({ direction })),
    );
    await new Promise(setImmediate);
    await store.stream(FILLED_STREAM).publish({ events: someEvents(3) });
    for (const scan of scans) assert.equal((await collectedPages(scan)).length, 3);
  }),
  ruleTest(11, "the source itself can be iterated again and again", async ({ store }) => {
    for (let round = 1; round <= 3; round += 1) {
      await store.stream(FILLED_STREAM).publish({ events: someEvents(1, round) });
      for (const { source } of sourcesOf(store, FILLED_STREAM)) {
        assert.equal((await collected(source)).length, round);
        assert.equal((await collected(source)).length, round);
      }
    }
  }),
  ruleTest(11, "many scans at once do not disturb one another", async ({ store, random, sizes }) => {
    const log = await filledLog(store, random, sizes.manyEvents);
    const reads = Array.from({ length: sizes.writers }, (_, reader) => {
      const direction = reader % 2 === 0 ? "forwards" : "backwards";
      return sourcesOf(store, FILLED_STREAM).map(async ({ source, includes }) => {
        const expected = log.filter(includes).map(({ id }) => id);
        const ids = (await source.read({ direction })).map(({ id }) => id);
        assertSame(ids, direction === "forwards" ? expected : expected.toReversed());
      });
    });
    await Promise.all(reads.flat());
  }),
  ruleTest(
    11,
    "an adapter hands out several pages, none empty, and never the whole of a large log",
    async ({ adapter, store, random, sizes }) => {
      const log = await filledLog(store, random, sizes.manyEvents);
      for (const direction of ["forwards", "backwards"] as const) {
        const sizesOfPages: number[] = [];
        for await (const page of adapter.storage.scan({ kind: "log" }, everything({ direction })))
          sizesOfPages.push(page.length);
        assert.ok(
          sizesOfPages.every((size) => size > 0),
          "no page is empty",
        );
        assert.ok(sizesOfPages.length > 1, `${log.length} events came in one page`);
      }
      const limited = await collectedPages(adapter.storage.scan({ kind: "log" }, everything({ limit: 1_500 })));
      assert.equal(limited.length, 1_500);
    },
  ),
  needing(
    "durable",
    withAmpleTime(
      ruleTest(
        11,
        "pages are bounded by bytes too: a page of large events is not all of them",
        async ({ adapter, store }) => {
          const text = "x".repeat(2 ** 20);
          for (let n = 0; n < 6; n += 1) {
            await store.stream(FILLED_STREAM).publish({
              events: Array.from({ length: 8 }, (_, i) => ({ name: "large", payload: { n: n * 8 + i, text } })),
            });
          }
          for (const direction of ["forwards", "backwards"] as const) {
            const pages: number[][] = [];
            for await (const page of adapter.storage.scan({ kind: "log" }, everything({ direction }))) {
              pages.push(page.map(({ payload }) => (payload as { n: number }).n));
            }
            const expected = Array.from({ length: 48 }, (_, n) => n);
            assertSame(pages.flat(), direction === "forwards" ? expected : expected.toReversed());
            assert.ok(pages.length > 1, "48 events of 1 MB came in one page");
          }
        },
      ),
    ),
  ),
  withAmpleTime(
    ruleTest(
      11,
      "100,000 events in one publish are stored, and a scan of them ends where it should",
      async ({ store, otherStore }) => {
        const count = 100_000;
        const stored = await store.stream(FILLED_STREAM).publish({ events: someEvents(count) });
        assert.equal(stored.length, count);
        let n = 0;
        for await (const event of otherStore.category(FILLED_STREAM.category)) {
          if (event.position !== n || (event.payload as { n: number }).n !== n)
            assert.fail(`event ${n} is not in its place`);
          n += 1;
        }
        assert.equal(n, count);
        assertSame(await otherStore.log().latest(), stored[count - 1]);
        const [last, beforeLast] = await firstOf(otherStore.log().scan({ direction: "backwards" }), 2);
        assertSame([last, beforeLast], [stored[count - 1], stored[count - 2]]);
      },
    ),
  ),
];
