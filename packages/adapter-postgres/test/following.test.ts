import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { type EventCategory, EventStore, nameIn, type OrderingGuarantee, type StoredEvent } from "@eventfold/store";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { countingPool } from "./counting-pool.ts";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";
import { until } from "./until.ts";

const server = await testServer();
const CATEGORIES = Array.from({ length: 50 }, (_, n) => `category-${n}`);

/** A log of its own whose statements are counted, and which looks for changes only when it is told of them. */
async function openCounted(orderingGuarantee: OrderingGuarantee) {
  const counting = countingPool(server.connectionString);
  const schema = `following_${Math.random().toString(36).slice(2)}`;
  const adapter = await PostgresEventStorageAdapter.open({
    ...{ pool: counting.pool, schema, orderingGuarantee },
    pollIntervalMs: 3_600_000,
  });
  onTestFinished(async () => {
    await adapter.close();
    await counting.pool.end();
  });
  return { ...counting, adapter, store: new EventStore({ adapter }) };
}

/** Everything that a follower shows, until the test is over. */
function shownBy(source: EventStore | EventCategory, constraints = [] as ReturnType<typeof nameIn>[]): StoredEvent[] {
  const shown: StoredEvent[] = [];
  const end = new AbortController();
  const following = (async () => {
    const followed = source instanceof EventStore ? source.log() : source;
    for await (const event of followed.follow({ constraints, signal: end.signal })) shown.push(event);
  })();
  onTestFinished(async () => {
    end.abort();
    await following.catch(() => {});
  });
  return shown;
}

describe("the statements that followers cost", () => {
  it.each([
    ["plain", []],
    ["filtered", [nameIn("numbered")]],
  ])(
    "are, per publish, one question for 50 %s followers of 50 categories, and a page of what is new",
    async (_, constraints) => {
      const { store, count, reset } = await openCounted("log");
      const shown = CATEGORIES.map((category) => shownBy(store.category(category), constraints));
      const publish = (category: string, n: number) =>
        store.stream({ category, stream: "s" }).publish({ events: numbered(1, n) });
      await store.publish(CATEGORIES.map((category) => ({ category, stream: "s", events: numbered(1) })));
      await until(() => shown.every(({ length }) => length === 1));
      reset();
      for (let n = 0; n < 20; n += 1) {
        await publish(CATEGORIES[n] as string, n);
        await until(() => shown[n]?.length === 2);
      }
      expect(count("_category_page")).toBe(20);
      // The wake-up with which listening began may come late.
      expect(count("_news")).toBeGreaterThanOrEqual(20);
      expect(count("_news")).toBeLessThanOrEqual(22);
      expect(count()).toBe(20 + count("_news") + count("_append"));
    },
  );

  it("are one page for all followers that have come as far in a source, whatever they want of it", async () => {
    const { store, count, reset } = await openCounted("log");
    const plain = Array.from({ length: 10 }, () => shownBy(store.category("c")));
    const filtered = Array.from({ length: 10 }, () => shownBy(store.category("c"), [nameIn("rare")]));
    const publish = (name: string) =>
      store.stream({ category: "c", stream: "s" }).publish({ events: [{ name, payload: null }] });
    await publish("rare");
    await until(() => [...plain, ...filtered].every(({ length }) => length === 1));
    reset();
    for (let n = 2; n <= 12; n += 1) {
      await publish("plain");
      await until(() => plain.every(({ length }) => length === n));
    }
    await publish("rare");
    await until(() => filtered.every(({ length }) => length === 2));
    expect(count("_category_page")).toBe(12);
    expect(count("_news")).toBeLessThanOrEqual(14);
  });

  it("are none while nothing happens", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { store, count, reset } = await openCounted("category");
    const shown = shownBy(store);
    await store.stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
    await until(() => shown.length === 1);
    // A notification may still be on its way. Whoever looks again by itself never comes to the end of this.
    await until(async () => {
      reset();
      await vi.advanceTimersByTimeAsync(5_000);
      await queryRows(server.connectionString, "select 1");
      return count() === 0;
    });
    expect(shown).toHaveLength(1);
  });
});

describe.each<OrderingGuarantee>(["category", "stream"])('a follower of a wider scope under "%s"', (guarantee) => {
  it.each(["commits", "rolls back"])(
    "shows what a writer in flight held back as soon as that %s, though nobody is notified",
    async (end) => {
      const { adapter, store, count, reset } = await openCounted(guarantee);
      const shown = [shownBy(store), shownBy(store, [nameIn("numbered")])];
      const own = new Error("rolled back");
      const transaction = adapter.transaction(async (tx) => {
        await store
          .within(tx)
          .stream({ category: "a", stream: "s" })
          .publish({ events: numbered(1) });
        await publishBeside();
        if (end === "rolls back") throw own;
      });
      // Not inside the transaction, in which it would be refused.
      const { promise: mayPublish, resolve: publishNow } = Promise.withResolvers<void>();
      const published = mayPublish.then(() =>
        store.stream({ category: "b", stream: "t" }).publish({ events: numbered(1, 1) }),
      );
      async function publishBeside(): Promise<void> {
        publishNow();
        await published;
        reset();
        await until(() => count("_news") >= 4); // asked again and again, while it is held back
        expect(shown).toEqual([[], []]);
      }
      await transaction.catch((error) => expect(error).toBe(own));
      const expected = end === "commits" ? 2 : 1;
      await until(() => shown.every(({ length }) => length === expected));
      expect(shown[0]?.at(-1)).toEqual((await published)[0]);
    },
  );

  it("shows what is there while a writer is in flight, filtered or not", async () => {
    const { adapter, store } = await openCounted(guarantee);
    await store.stream({ category: "b", stream: "t" }).publish({ events: numbered(1) });
    await adapter.transaction(async (tx) => {
      await store
        .within(tx)
        .stream({ category: "a", stream: "s" })
        .publish({ events: numbered(1) });
      const shown = [shownBy(store), shownBy(store, [nameIn("numbered")])];
      await until(() => shown.every(({ length }) => length === 1));
    });
  });
});

it("listens with one query at a time, however many begin to follow at once", async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  const { adapter, store } = await openCounted("log");
  for (let round = 1; round <= 3; round += 1) {
    const woken = [0, 1, 2].map(
      () =>
        new Promise<void>((resolve) => {
          const end = adapter.onChange(() => {
            end();
            resolve();
          });
        }),
    );
    await store.stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
    await Promise.all(woken);
  }
  expect(warnings).toEqual([]);
});
