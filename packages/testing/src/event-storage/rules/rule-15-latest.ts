import assert from "node:assert/strict";
import { collected, collectedPages } from "../observe/collected.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { everything } from "../observe/storage-scan.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "category-1", stream: "stream-1" };
const NEVER = { category: "never", stream: "written" };

/** Rules 15 and 16: the newest event, an event by its id, and what was never written. */
export const latestAndAbsent: readonly StorageRuleTest[] = [
  ruleTest(15, "latest is the newest event of each scope after every publish", async ({ store, otherStore }) => {
    for (let n = 0; n < 24; n += 1) {
      const names = { category: `category-${n % 2}`, stream: `stream-${n % 3}` };
      const stored = await store.stream(names).publish({ events: someEvents(1 + (n % 3), n) });
      for (const { source } of sourcesOf(otherStore, names)) assertSame(await source.latest(), stored.at(-1));
      for (const { source } of sourcesOf(otherStore, NAMES)) {
        assertSame(await source.latest(), (await source.read({ direction: "backwards", limit: 1 }))[0]);
      }
    }
  }),
  ruleTest(
    15,
    "latest does not move when another stream, category or a refused publish comes after",
    async ({ store }) => {
      const [mine] = await store.stream(NAMES).publish({ events: someEvents(1) });
      await store.stream({ ...NAMES, stream: "other" }).publish({ events: someEvents(2) });
      await store.stream({ ...NAMES, category: "other" }).publish({ events: someEvents(2) });
      await store
        .stream(NAMES)
        .publish({ events: [{ name: "bad", payload: Number.NaN }] })
        .catch(() => {});
      assertSame(await store.stream(NAMES).latest(), mine);
      assert.equal((await store.category(NAMES.category).latest())?.stream, "other");
      assert.equal((await store.log().latest())?.category, "other");
    },
  ),
  ruleTest(15, "latest over several streams is the last entry's last event, whatever the names", async ({ store }) => {
    for (const streams of [
      ["b", "a"],
      ["a", "b"],
    ]) {
      const stored = await store
        .category("c")
        .publish({ streams: streams.map((stream) => ({ stream, events: someEvents(2) })) });
      assertSame(await store.category("c").latest(), stored[1]?.[1]);
      assertSame(await store.log().latest(), stored[1]?.[1]);
    }
  }),
  ruleTest(15, "eventById finds every event, and nothing else", async ({ store, otherStore }) => {
    const stored = (
      await store.publish(["a", "b"].map((stream) => ({ category: stream, stream, events: someEvents(3) })))
    ).flat();
    for (const event of stored) assertSame(await otherStore.eventById(event.id), event);
    for (const id of [
      "018f0000-0000-7000-8000-000000000000",
      "no uuid at all",
      "",
      "'; --",
      stored[0]?.id.toUpperCase() ?? "",
    ]) {
      assert.equal(await otherStore.eventById(id), undefined, `event ${JSON.stringify(id)}`);
    }
  }),
  ruleTest(
    16,
    "a log, category and stream that were never written are empty, and have no latest event",
    async ({ store }) => {
      const assertAbsent = async (): Promise<void> => {
        for (const { source, identifier } of sourcesOf(store, NEVER)) {
          if (identifier.kind === "log" && (await store.log().latest()) !== undefined) continue;
          assertSame(await source.read(), []);
          assertSame(await source.read({ direction: "backwards" }), []);
          assert.equal(await source.latest(), undefined);
        }
        assertSame(await collected(store.category(NEVER.category).streams()), []);
      };
      await assertAbsent();
      assertSame(await collected(store.categories()), []);
      await store.stream(NAMES).publish({ events: someEvents(1) });
      await assertAbsent();
      assertSame(
        await store.stream({ ...NAMES, stream: "written" }).read(),
        [],
        "an absent stream of a category with events",
      );
      assertSame(
        await store.stream({ ...NAMES, category: "never" }).read(),
        [],
        "a stream's name in an absent category",
      );
    },
  ),
  ruleTest(16, "where nothing was written an adapter yields no page, not an empty one", async ({ adapter }) => {
    const listing = { after: undefined, limit: undefined };
    assertSame(await collectedPages(adapter.storage.scan({ kind: "log" }, everything())), []);
    assertSame(await collectedPages(adapter.storage.categories(listing)), []);
    assertSame(await collectedPages(adapter.storage.streams("never", listing)), []);
  }),
  ruleTest(16, "a refused publish, or reading, brings no category or stream into being", async ({ store }) => {
    await store.stream(NEVER).read();
    await store
      .stream(NEVER)
      .publish({ events: [{ name: "bad", payload: undefined }] })
      .catch(() => {});
    await store.publish([{ ...NEVER, condition: { kind: "stream-exists" } }]).catch(() => {});
    assertSame(await collected(store.categories()), []);
    assertSame(await collected(store.category(NEVER.category).streams()), []);
  }),
];
