import assert from "node:assert/strict";
import { firstOf } from "../observe/collected.ts";
import { rejectionOf } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { everything } from "../observe/storage-scan.ts";
import { unhandledRejectionsDuring } from "../observe/unhandled-rejections.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "scans", stream: "s" };

/** Rule 14: scans that end early. */
export const endingScans: readonly StorageRuleTest[] = [
  ruleTest(
    14,
    "breaking out of many scans leaves the adapter free to write, to read and to close",
    async ({ adapter, store, sizes }) => {
      await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
      for (let round = 0; round < 4 * sizes.repeats; round += 1) {
        for (const { source } of sourcesOf(store, NAMES)) {
          assert.equal((await firstOf(source.scan(), 1 + round)).length, 1 + round);
          assert.equal((await firstOf(source.scan({ direction: "backwards" }), 1)).length, 1);
        }
      }
      await store.stream(NAMES).publish({ events: someEvents(1) });
      await adapter.close();
    },
  ),
  ruleTest(14, "a scan that was ended yields no more, even when it is asked", async ({ store, sizes }) => {
    await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
    const scan = store.log().scan();
    await scan.next();
    assertSame(await scan.return?.(undefined), { done: true, value: undefined });
    assertSame(await scan.next(), { done: true, value: undefined });
  }),
  ruleTest(14, "a consumer that throws ends the scan with its own error", async ({ store, sizes }) => {
    await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
    const own = new Error("the consumer's");
    const consume = async (): Promise<void> => {
      for await (const event of store.log().scan()) if (event.position === 3) throw own;
    };
    assert.equal(await rejectionOf(consume()), own);
  }),
  ruleTest(
    14,
    "a scan whose signal was aborted before rejects its first step with the signal's reason",
    async ({ store }) => {
      await store.stream(NAMES).publish({ events: someEvents(2) });
      const reason = new Error("no longer wanted");
      const signal = AbortSignal.abort(reason);
      for (const { source } of sourcesOf(store, NAMES)) {
        assert.equal(await rejectionOf(source.scan({ signal }).next()), reason);
        assert.equal(await rejectionOf(source.read({ signal })), reason);
      }
    },
  ),
  ruleTest(
    14,
    "a scan that is aborted while it runs rejects its next step with the signal's reason, whatever it is",
    async ({ store, sizes }) => {
      await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
      for (const reason of [new Error("stop"), "stop", 0, undefined]) {
        for (const { source } of sourcesOf(store, NAMES)) {
          const controller = new AbortController();
          const scan = source.scan({ signal: controller.signal });
          await scan.next();
          controller.abort(reason);
          assert.equal(await rejectionOf(scan.next()), controller.signal.reason);
          assertSame(await scan.next(), { done: true, value: undefined });
        }
      }
      assert.equal((await store.log().read()).length, sizes.manyEvents);
    },
  ),
  ruleTest(
    14,
    "an adapter rejects the next page of an aborted scan with the signal's reason",
    async ({ adapter, store, sizes }) => {
      await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
      const controller = new AbortController();
      const pages = adapter.storage
        .scan({ kind: "log" }, everything({ signal: controller.signal }))
        [Symbol.asyncIterator]();
      await pages.next();
      controller.abort(new Error("stop"));
      assert.equal(await rejectionOf(pages.next()), controller.signal.reason);
    },
  ),
  ruleTest(
    14,
    "abandoned iterators hold nothing that others need, between pages",
    async ({ adapter, store, otherStore, sizes }) => {
      await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
      const abandoned = Array.from({ length: 50 }, (_, n) => sourcesOf(store, NAMES)[n % 3]?.source.scan());
      for (const scan of abandoned) await scan?.next();
      await Promise.all(
        Array.from({ length: sizes.writers }, () => otherStore.stream(NAMES).publish({ events: someEvents(1) })),
      );
      assert.equal((await store.stream(NAMES).read()).length, sizes.manyEvents + sizes.writers);
      await adapter.close();
    },
  ),
  ruleTest(
    14,
    "a page that fails while nobody waits for it is not an unhandled rejection",
    async ({ adapter, store, sizes }) => {
      await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
      const rejections = await unhandledRejectionsDuring(async () => {
        const controller = new AbortController();
        const paused = [
          store.log().scan(),
          store.log().scan({ direction: "backwards" }),
          store.log().scan({ signal: controller.signal }),
        ];
        await Promise.all(paused.map((scan) => scan.next()));
        const closing = adapter.close();
        controller.abort(new Error("stop"));
        await closing;
      });
      assertSame(rejections, []);
    },
  ),
  ruleTest(14, "an ended scan does not disturb another of the same source", async ({ store, sizes }) => {
    await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
    const scan = store.log().scan();
    await scan.next();
    await firstOf(store.log().scan(), 2);
    let count = 1;
    for await (const _ of scan) count += 1;
    assert.equal(count, sizes.manyEvents);
  }),
];
