import assert from "node:assert/strict";
import type { StoredEvent } from "@eventfold/store";
import type { StoredEventText } from "@eventfold/store/adapter";
import { collectedPages } from "../observe/collected.ts";
import { inTransaction } from "../observe/in-transaction.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { rejectionOf, rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { textOf, textPagesOf, textsIn } from "../observe/stored-texts.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import { FILLED_STREAM, filledLog } from "./filled-log.ts";
import { KEPT_VALUES } from "./json-values.ts";
import { ODD_TAGS } from "./odd-tags.ts";
import { writersOverManyStreams } from "./writers-over-many-streams.ts";

const LOG = { kind: "log" } as const;

/** Rule 28: events as they are stored, without being read. */
export const storedTexts: readonly StorageRuleTest[] = [
  ruleTest(
    28,
    "the texts of a source are those that were published, in the order of a scan, in both directions",
    async ({ adapter, store, otherStore, random, sizes }) => {
      const log = await filledLog(store, random, sizes.manyEvents);
      for (const { identifier, includes } of sourcesOf(otherStore, FILLED_STREAM)) {
        const expected = log.filter(includes).map(textOf);
        assertSame(await textsIn(adapter.storage, { source: identifier }), expected, JSON.stringify(identifier));
        assertSame(
          await textsIn(adapter.storage, { source: identifier, direction: "backwards" }),
          expected.toReversed(),
          `${JSON.stringify(identifier)}, backwards`,
        );
      }
    },
  ),
  ruleTest(
    28,
    "texts are not changed: every value, tag, version and time is there as it was published",
    async ({ adapter, store }) => {
      const events = KEPT_VALUES.map(([, value], n) => ({
        name: "kept",
        payload: value,
        ...(n % 3 === 0 ? { metadata: value } : {}),
        version: n + 1,
        observedAt: new Date(n),
        occurredAt: new Date(-62_135_596_800_000 + n),
        tags: ODD_TAGS.slice(n, n + 3),
      }));
      const stored = await store.stream(FILLED_STREAM).publish({ events });
      assertSame(await textsIn(adapter.storage), stored.map(textOf));
    },
  ),
  ruleTest(28, "the log includes categories that begin with $, each event in its place", async ({ adapter, store }) => {
    const expected: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const event = preparedEvent({ n });
      const category = n % 2 === 0 ? "$own" : "public";
      await adapter.storage.save({ writes: [{ category, stream: "s", events: [event], allowed: undefined }] });
      expected.push(event.id);
    }
    const idsOf = (texts: readonly StoredEventText[]): string[] => texts.map(({ id }) => id);
    assertSame(idsOf(await textsIn(adapter.storage)), expected);
    assertSame(idsOf(await textsIn(adapter.storage, { direction: "backwards" })), expected.toReversed());
    const own = { kind: "category", category: "$own" } as const;
    assertSame(
      idsOf(await textsIn(adapter.storage, { source: own })),
      expected.filter((_, n) => n % 2 === 0),
    );
    assert.equal((await store.log().read()).length, 3, "events that a scan of the log shows");
  }),
  ruleTest(
    28,
    "bounds are exclusive and a limit is exact, at every place and at every size around a page",
    async ({ adapter, store, random, sizes }) => {
      const log = await filledLog(store, random, 1_100);
      for (const { identifier, includes } of sourcesOf(store, FILLED_STREAM)) {
        const all = log.filter(includes).map(textOf);
        const read = (own: Parameters<typeof textsIn>[1]) => textsIn(adapter.storage, { source: identifier, ...own });
        for (const limit of [1, 2, 255, 256, 257, 999, 1_000, 1_001, all.length, all.length + 1]) {
          assertSame(await read({ limit }), all.slice(0, limit), `limit ${limit}`);
          assertSame(await read({ limit, direction: "backwards" }), all.toReversed().slice(0, limit));
        }
        for (let round = 0; round < sizes.cases / 6; round += 1) {
          const [start, end] = [random.integer(0, all.length - 1), random.integer(0, all.length - 1)];
          const [after, before] = [all[start]?.sequenceNumber, all[end]?.sequenceNumber];
          const expected = all.slice(start + 1, Math.max(start + 1, end));
          assertSame(await read({ after, before }), expected, `after ${after}, before ${before}`);
          assertSame(await read({ after, before, direction: "backwards" }), expected.toReversed());
        }
      }
    },
  ),
  ruleTest(
    28,
    "texts are cut to so many code points, and come with their whole length in bytes",
    async ({ adapter, store }) => {
      const payload = { text: 'ä€\u{1f600}"'.repeat(3_000), list: [1, 2] };
      const events = [
        { name: "long", payload, metadata: { by: "\u{1f469}\u{1f469}\u{1f469}", note: "x".repeat(9_000) } },
        { name: "short", payload: "\u{1f600}" },
        { name: "one digit", payload: 1, metadata: [] },
      ];
      const whole = (await store.stream(FILLED_STREAM).publish({ events })).map(textOf);
      const beginning = (text: string, length: number): string => [...text].slice(0, length).join("");
      for (const maxTextLength of [1, 2, 3, 8, 9, 10, 11, 12, 2_000, 5_000, 1_000_000]) {
        const expected = whole.map((text) => ({
          ...text,
          payload: beginning(text.payload, maxTextLength),
          metadata: text.metadata && beginning(text.metadata, maxTextLength),
        }));
        assertSame(await textsIn(adapter.storage, { maxTextLength }), expected, `cut to ${maxTextLength}`);
      }
    },
  ),
  withAmpleTime(
    ruleTest(28, "pages are bounded by the bytes that are yielded", async ({ adapter, store }) => {
      const text = "x".repeat(2 ** 20);
      const events = Array.from({ length: 12 }, (_, n) => ({ name: "large", payload: { n, text } }));
      const stored = await store.stream(FILLED_STREAM).publish({ events });
      for (const direction of ["forwards", "backwards"] as const) {
        const pages: string[][] = [];
        for await (const page of textPagesOf(adapter.storage, LOG, { direction })) pages.push(page.map(({ id }) => id));
        const expected = stored.map(({ id }) => id);
        assertSame(pages.flat(), direction === "forwards" ? expected : expected.toReversed());
        assert.ok(pages.length > 1, "12 events of 1 MB came in one page");
      }
      const cut = await textsIn(adapter.storage, { maxTextLength: 5 });
      assertSame(
        cut.map(({ payload, payloadLength }) => [payload, payloadLength]),
        stored.map(({ payload }) => ['{"n":', JSON.stringify(payload).length]),
      );
    }),
  ),
  ruleTest(28, "reading texts does nothing before its first step", async ({ adapter, store }) => {
    const pages = (["forwards", "backwards"] as const).map((direction) =>
      textPagesOf(adapter.storage, LOG, { direction }),
    );
    await new Promise(setImmediate);
    await store.stream(FILLED_STREAM).publish({ events: someEvents(3) });
    for (const each of pages) assert.equal((await collectedPages(each)).length, 3);
  }),
  ruleTest(
    28,
    "an abort rejects the next step with its reason, and a break leaves the adapter free to write and to close",
    async ({ adapter, store, sizes }) => {
      await store.stream(FILLED_STREAM).publish({ events: someEvents(sizes.manyEvents) });
      const reason = new Error("no longer wanted");
      const options = { direction: "forwards", signal: AbortSignal.abort(reason) } as const;
      assert.equal(await rejectionOf(collectedPages(textPagesOf(adapter.storage, LOG, options))), reason);
      const controller = new AbortController();
      const pages = textPagesOf(adapter.storage, LOG, { direction: "forwards", signal: controller.signal });
      const iterator = pages[Symbol.asyncIterator]();
      assert.equal((await iterator.next()).done, false);
      controller.abort(reason);
      assert.equal(await rejectionOf(iterator.next()), reason);
      for await (const page of textPagesOf(adapter.storage, LOG, { direction: "backwards" })) {
        assert.ok(page.length > 0);
        break;
      }
      await store.stream(FILLED_STREAM).publish({ events: someEvents(1) });
      await adapter.close();
    },
  ),
  ruleTest(
    28,
    "after the close the next step rejects, even one after the last page",
    async ({ adapter, store, sizes }) => {
      const { storage } = adapter;
      await store.stream(FILLED_STREAM).publish({ events: someEvents(sizes.manyEvents) });
      const opened = [LOG, { kind: "stream", ...FILLED_STREAM } as const].flatMap((source) =>
        [undefined, 1].map((limit) => textPagesOf(storage, source, { direction: "forwards", limit })),
      );
      const paused = opened.map((pages) => pages[Symbol.asyncIterator]());
      for (const iterator of paused) assert.equal((await iterator.next()).done, false);
      const fresh = textPagesOf(storage, LOG, { direction: "forwards" })[Symbol.asyncIterator]();
      await adapter.close();
      for (const iterator of [...paused, fresh]) await rejectsWith(iterator.next(), "ADAPTER_CLOSED");
    },
  ),
  needing(
    "transactions",
    ruleTest(
      28,
      "within a transaction its own events are there, and outside they are not",
      async ({ adapter, store }) => {
        const [first] = await store.stream(FILLED_STREAM).publish({ events: someEvents(1) });
        await inTransaction(adapter, async (tx) => {
          const [second] = await store
            .within(tx)
            .stream(FILLED_STREAM)
            .publish({ events: someEvents(1) });
          const expected = [first, second].map((event) => textOf(event as StoredEvent));
          assertSame(await textsIn(tx.storage), expected, "texts within the transaction");
          if (adapter.orderingGuarantee !== "log") return; // others would wait for this writer
          assertSame(await textsIn(adapter.storage), expected.slice(0, 1), "texts outside");
        });
      },
    ),
  ),
  needing(
    "freshReads",
    withAmpleTime(
      ruleTest(
        28,
        "while many write, all that was published before is there, none twice, none skipped",
        async ({ adapter, store, otherStore, sizes }) => {
          const acknowledged: string[] = [];
          const observations: { readonly seen: readonly string[]; readonly before: readonly string[] }[] = [];
          let done = false;
          const reader = (async () => {
            while (!done) {
              const before = [...acknowledged];
              observations.push({ seen: (await textsIn(adapter.storage)).map(({ id }) => id), before });
              await new Promise(setImmediate);
            }
          })();
          await writersOverManyStreams([store, otherStore], sizes, {
            onAcknowledged: (events) => acknowledged.push(...events.map(({ id }) => id)),
          }).finally(() => {
            done = true;
          });
          await reader;
          const all = (await textsIn(adapter.storage)).map(({ id }) => id);
          for (const { seen, before } of observations) {
            assertSame(
              seen,
              all.slice(0, seen.length),
              "texts that were read are a prefix of what was there in the end",
            );
            const shown = new Set(seen);
            assertSame(
              before.filter((id) => !shown.has(id)),
              [],
              "events acknowledged before the texts were read, which were not there",
            );
          }
        },
      ),
    ),
  ),
].map((test) => needing("storedTexts", test));
