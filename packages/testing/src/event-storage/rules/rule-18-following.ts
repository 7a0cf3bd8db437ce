import assert from "node:assert/strict";
import { nameIn, type StoredEvent, sequenceNumberBefore } from "@eventfold/store";
import { firstOf } from "../observe/collected.ts";
import { rejectionOf, rejectsWith, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import { writersOverManyStreams } from "./writers-over-many-streams.ts";

const NAMES = { category: "category-1", stream: "stream-1" };

/** Rule 18: following. */
export const following: readonly StorageRuleTest[] = [
  ruleTest(
    18,
    "a follower of any scope shows what is there, then each event as it is published, by either store",
    async ({ store, otherStore }) => {
      const before = await store.stream(NAMES).publish({ events: someEvents(3) });
      for (const { source, identifier } of sourcesOf(otherStore, NAMES)) {
        const follower = source.follow({ after: (before[0]?.sequenceNumber ?? 1) - 1 });
        for (const event of await source.read()) assertSame((await follower.next()).value, event);
        for (let n = 0; n < 10; n += 1) {
          const waiting = follower.next();
          const [published] = await (n % 2 === 0 ? store : otherStore)
            .stream(NAMES)
            .publish({ events: someEvents(1, n) });
          assertSame((await waiting).value, published, `event ${n} to a follower of ${JSON.stringify(identifier)}`);
        }
        await follower.return?.(undefined);
      }
    },
  ),
  ruleTest(18, "pages say how far a source was read, past what the constraints leave out too", async ({ store }) => {
    const stream = store.stream(NAMES);
    const published = await stream.publish({ events: someEvents(3) });
    for (const { source, identifier } of sourcesOf(store, NAMES)) {
      const end = new AbortController();
      const name = `wanted-of-${identifier.kind}`;
      const pages = source.followPages({ constraints: [nameIn(name)], signal: end.signal })[Symbol.asyncIterator]();
      const told = JSON.stringify(identifier);
      const caughtUp = await pages.next();
      assert.ok(!caughtUp.done && caughtUp.value.isEnd, `${told}: nothing is wanted of what there is`);
      assertSame(caughtUp.value.events, []);
      assert.ok(caughtUp.value.upTo >= (published.at(-1)?.sequenceNumber ?? 0), `${told}: all of it was passed over`);
      const waiting = pages.next();
      const [left] = await stream.publish({ events: someEvents(1) });
      assertSame((await waiting).value, { events: [], upTo: left?.sequenceNumber, isEnd: true }, told);
      const again = pages.next();
      const [wanted] = await stream.publish({ events: [{ name, payload: null }] });
      assertSame((await again).value, { events: [wanted], upTo: wanted?.sequenceNumber, isEnd: true }, told);
      end.abort();
    }
  }),
  ruleTest(18, "a follower that starts on an empty store waits for the first event", async ({ store, otherStore }) => {
    const followers = sourcesOf(otherStore, NAMES).map(({ source }) => source.follow());
    const waiting = followers.map((follower) => follower.next());
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate); // they have looked, and found nothing
    const [first] = await store.stream(NAMES).publish({ events: someEvents(1) });
    for (const step of await Promise.all(waiting)) assertSame(step.value, first);
    for (const follower of followers) await follower.return?.(undefined);
  }),
  ruleTest(18, "after is exclusive, and constraints narrow what a follower shows", async ({ store }) => {
    const stored = await store.stream(NAMES).publish({ events: someEvents(5) });
    const after = stored[1]?.sequenceNumber ?? 0;
    const plain = store.log().follow({ after });
    assertSame(await firstOf(plain, 3), stored.slice(2));
    const narrowed = store.category(NAMES.category).follow({ after, constraints: [nameIn("rare")] });
    const rare = narrowed.next();
    await store.stream(NAMES).publish({ events: [...someEvents(3), { name: "rare", payload: 1 }, noted(1)] });
    assert.equal((await rare).value?.payload, 1);
    const next = narrowed.next();
    await store.stream(NAMES).publish({ events: someEvents(3) });
    await store.stream({ ...NAMES, category: "other" }).publish({ events: [{ name: "rare", payload: 2 }] });
    await store.stream(NAMES).publish({ events: [{ name: "rare", payload: 3 }] });
    assert.equal((await next).value?.payload, 3);
    await narrowed.return?.(undefined);
  }),
  withAmpleTime(
    ruleTest(
      18,
      "followers of every scope, while many write, show every event once and in order",
      async ({ store, otherStore, sizes }) => {
        const end = new AbortController();
        const sources = [store, otherStore].flatMap((reading) => sourcesOf(reading, NAMES));
        const shown = sources.map((): StoredEvent[] => []);
        const wanted = sources.map(() => Promise.withResolvers<void>());
        const lastWanted: (string | undefined)[] = [];
        const followers = sources.map(async ({ source }, index) => {
          for await (const event of source.follow({ signal: end.signal })) {
            shown[index]?.push(event);
            if (event.id === lastWanted[index]) wanted[index]?.resolve();
          }
        });
        await writersOverManyStreams([store, otherStore], sizes);
        const last = (await store.stream(NAMES).publish({ events: [{ name: "last", payload: null }] })).at(-1);
        for (const [index, events] of shown.entries()) {
          lastWanted[index] = last?.id;
          if (events.some(({ id }) => id === last?.id)) wanted[index]?.resolve();
        }
        await Promise.race([Promise.all(wanted.map(({ promise }) => promise)), ...followers]);
        end.abort();
        await Promise.allSettled(followers);
        for (const [index, { identifier, source }] of sources.entries()) {
          const ids = shown[index]?.map(({ id }) => id);
          assertSame(
            ids,
            (await source.read()).map(({ id }) => id),
            `shown to a follower of ${JSON.stringify(identifier)}`,
          );
        }
      },
    ),
  ),
  ruleTest(18, "a follower that is slower than the writers skips nothing", async ({ store, sizes }) => {
    const follower = store.log().follow();
    const shown: StoredEvent[] = [];
    for (let n = 0; n < sizes.repeats * 4; n += 1) {
      await store.stream(NAMES).publish({ events: someEvents(n % 5 === 0 ? 400 : 3) });
      for (let steps = 0; steps < 2; steps += 1) shown.push((await follower.next()).value as StoredEvent);
    }
    const all = await store.log().read();
    while (shown.length < all.length) shown.push((await follower.next()).value as StoredEvent);
    assertSame(shown, all);
    await follower.return?.(undefined);
  }),
  ruleTest(
    18,
    "the signal ends a follower that waits, with its reason; a break ends one too",
    async ({ adapter, store }) => {
      const [first] = await store.stream(NAMES).publish({ events: someEvents(1) });
      for (const { source } of sourcesOf(store, NAMES)) {
        const controller = new AbortController();
        const follower = source.follow({ signal: controller.signal });
        assertSame((await follower.next()).value, first);
        const waiting = rejectionOf(follower.next());
        const reason = new Error("enough");
        controller.abort(reason);
        assert.equal(await waiting, reason);
        assertSame(await follower.next(), { done: true, value: undefined });
        assert.equal(await rejectionOf(source.follow({ signal: AbortSignal.abort(reason) }).next()), reason);
        assertSame(await firstOf(source.follow(), 1), [first]);
      }
      await adapter.close();
    },
  ),
  ruleTest(18, "a follower that asked to end quietly ends when the signal is aborted", async ({ adapter, store }) => {
    const [first] = await store.stream(NAMES).publish({ events: someEvents(1) });
    for (const { source } of sourcesOf(store, NAMES)) {
      const controller = new AbortController();
      const options = { signal: controller.signal, whenAborted: "end" } as const;
      const follower = source.follow(options);
      assertSame((await follower.next()).value, first);
      const waiting = follower.next();
      const pages = source.followPages(options)[Symbol.asyncIterator]();
      assertSame((await pages.next()).value?.events, [first]);
      controller.abort(new Error("enough"));
      assertSame(await waiting, { done: true, value: undefined });
      assertSame(await pages.next(), { done: true, value: undefined });
      assertSame(await source.follow(options).next(), { done: true, value: undefined });
    }
    const open = { signal: new AbortController().signal, whenAborted: "end" } as const;
    const waiting = store.log().follow(open);
    await waiting.next();
    const end = rejectsWith(waiting.next(), "ADAPTER_CLOSED");
    await adapter.close();
    await end;
  }),
  ruleTest(
    18,
    "a follower that waits, or is paused, when the adapter closes rejects with AdapterClosedError",
    async ({ adapter, store }) => {
      await store.stream(NAMES).publish({ events: someEvents(2) });
      const waiting = store.log().follow();
      for (let n = 0; n < 2; n += 1) await waiting.next();
      const paused = store.stream(NAMES).follow();
      await paused.next();
      const end = rejectsWith(waiting.next(), "ADAPTER_CLOSED");
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate); // it has looked, and found nothing
      await adapter.close();
      await end;
      await rejectsWith(paused.next(), "ADAPTER_CLOSED");
    },
  ),
  ruleTest(18, "a bad after or constraint rejects the first step", async ({ store }) => {
    for (const after of [-1, 0.5, Number.NaN, 2 ** 53])
      await rejectsWithClass(store.log().follow({ after }).next(), RangeError);
    const odd = [{ kind: "odd" }] as never;
    await rejectsWithClass(store.log().follow({ constraints: odd }).next(), TypeError);
    await rejectsWithClass(
      store
        .log()
        .follow({ whenAborted: "quietly" as never })
        .next(),
      TypeError,
    );
    const none = store.log().follow({ constraints: [sequenceNumberBefore(1)], signal: AbortSignal.abort("end") });
    assert.equal(await rejectionOf(none.next()), "end");
  }),
  needing(
    "cutConnections",
    withAmpleTime(
      ruleTest(
        18,
        "a follower whose connection is lost goes on where it was",
        async ({ store, otherStore, cutConnections }) => {
          const followers = sourcesOf(store, NAMES).map(({ source }) => source.follow());
          for (let n = 0; n < 4; n += 1) {
            const waiting = followers.map((follower) => follower.next());
            await cutConnections();
            const [published] = await otherStore.stream(NAMES).publish({ events: someEvents(1, n) });
            for (const step of await Promise.all(waiting)) assertSame(step.value, published);
          }
          for (const follower of followers) await follower.return?.(undefined);
        },
      ),
    ),
  ),
];
