import assert from "node:assert/strict";
import { collectedPages } from "../observe/collected.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { assertCode, rejectionOf } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { everything } from "../observe/storage-scan.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

/** Rule 8: categories that begin with `$`, through the port, because the store refuses them. */
export const ownCategories: readonly StorageRuleTest[] = [
  ruleTest(8, "a category that begins with $ is refused to callers", async ({ store }) => {
    for (const category of ["$", "$own", "$ own"]) {
      assertCode(await rejectionOf((async () => store.category(category))()), "INVALID_NAME");
      assertCode(await rejectionOf((async () => store.stream({ category, stream: "s" }))()), "INVALID_NAME");
      assertCode(await rejectionOf(store.publish([{ category, stream: "s", events: someEvents(1) }])), "INVALID_NAME");
    }
    await store.category("a$").publish({ streams: [{ stream: "$s", events: someEvents(1) }] });
  }),
  ruleTest(8, "an adapter stores and reads a $ category by name", async ({ adapter }) => {
    const write = {
      category: "$own",
      stream: "s",
      events: [preparedEvent({ n: 1 }), preparedEvent({ n: 2 })],
      allowed: undefined,
    };
    const result = await adapter.storage.save({ writes: [write] });
    assert.equal(result.kind, "stored");
    const stored = result.kind === "stored" ? result.events.flat() : [];
    const stream = { kind: "stream", category: "$own", stream: "s" } as const;
    const category = { kind: "category", category: "$own" } as const;
    assertSame(await collectedPages(adapter.storage.scan(stream, everything())), stored);
    assertSame(await collectedPages(adapter.storage.scan(category, everything())), stored);
    assertSame(await adapter.storage.latest(stream), stored[1]);
    assertSame(await adapter.storage.latest(category), stored[1]);
    assertSame(await collectedPages(adapter.storage.streams("$own", { after: undefined, limit: undefined })), ["s"]);
  }),
  ruleTest(
    8,
    "a $ category is left out of scans and the latest event of the log, and of the listing",
    async ({ adapter, store }) => {
      const write = { category: "$own", stream: "s", allowed: undefined };
      await adapter.storage.save({ writes: [{ ...write, events: [preparedEvent(1)] }] });
      assert.equal(await store.log().latest(), undefined);
      const stored = await store.stream({ category: "c", stream: "s" }).publish({ events: someEvents(2) });
      await adapter.storage.save({ writes: [{ ...write, events: [preparedEvent(2)] }] });
      const log = { kind: "log" } as const;
      assertSame(await collectedPages(adapter.storage.scan(log, everything())), [...stored]);
      assertSame(
        await collectedPages(adapter.storage.scan(log, everything({ direction: "backwards", limit: 1 }))),
        stored.slice(-1),
      );
      assertSame(await adapter.storage.latest(log), stored[1]);
      assertSame(await collectedPages(adapter.storage.categories({ after: undefined, limit: undefined })), ["c"]);
    },
  ),
];
