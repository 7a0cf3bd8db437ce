import assert from "node:assert/strict";
import { newEvent, type StoredEvent } from "@eventfold/store";
import { parseJson } from "@eventfold/types";
import { generatedJson } from "../../random/generated-json.ts";
import { forEachValue } from "../../suite/for-each-value.ts";
import { collectedPages } from "../observe/collected.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { assertSame } from "../observe/same.ts";
import { assertSeenEverywhere } from "../observe/seen-everywhere.ts";
import { noted } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { everything } from "../observe/storage-scan.ts";
import { ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import { KEPT_VALUES, ORDERED_MEMBERS } from "./json-values.ts";

const NAMES = { category: "payloads", stream: "kept" };

/** Rule 9: what comes back is what JSON gives back. */
export const payloadsKept: readonly StorageRuleTest[] = [
  withAmpleTime(
    ruleTest(
      9,
      "values of every kind come back as JSON gives them back, in payload and metadata",
      async ({ store, otherStore }) =>
        forEachValue(KEPT_VALUES, async (value, index) => {
          const text = JSON.stringify(value);
          const names = { ...NAMES, stream: `kept-${index}` };
          const stored = await store.stream(names).publish({ events: [{ ...noted(value), metadata: value }] });
          const [read] = await otherStore.stream(names).read();
          for (const event of [stored[0], read]) {
            assert.equal(JSON.stringify(event?.payload), text, "payload, in its order of keys");
            assert.equal(JSON.stringify(event?.metadata), text, "metadata");
            assertSame(event?.payload, parseJson(text));
          }
          await assertSeenEverywhere(otherStore, stored);
        }),
    ),
  ),
  ruleTest(9, "members keep their order by every way of reading, and in a repeat", async ({ store, otherStore }) => {
    const text = JSON.stringify(ORDERED_MEMBERS);
    const events = [newEvent({ ...noted(ORDERED_MEMBERS), metadata: ORDERED_MEMBERS })];
    const [stored] = await store.stream(NAMES).publish({ events });
    const assertOrder = (way: string, event: StoredEvent | undefined): void => {
      assert.equal(JSON.stringify(event?.payload), text, `the payload's members, by ${way}`);
      assert.equal(JSON.stringify(event?.metadata), text, `the metadata's members, by ${way}`);
    };
    assertOrder("publish", stored);
    assertOrder("a repeat", (await store.stream(NAMES).publish({ events }))[0]);
    assertOrder("eventById", await otherStore.eventById(stored?.id ?? ""));
    for (const { source, identifier } of sourcesOf(otherStore, NAMES)) {
      assertOrder(`latest of the ${identifier.kind}`, await source.latest());
      for (const direction of ["forwards", "backwards"] as const) {
        assertOrder(`a scan of the ${identifier.kind}, ${direction}`, (await source.read({ direction }))[0]);
      }
    }
  }),
  ruleTest(9, "generated values come back as JSON gives them back", async ({ store, otherStore, random, sizes }) => {
    const values = Array.from({ length: sizes.cases * 4 }, () => generatedJson(random, 5));
    const stored = await store
      .stream(NAMES)
      .publish({ events: values.map((value) => ({ ...noted(value), metadata: value })) });
    const read = await otherStore.stream(NAMES).read();
    for (const [index, value] of values.entries()) {
      assert.equal(JSON.stringify(read[index]?.payload), JSON.stringify(value));
      assert.equal(JSON.stringify(read[index]?.metadata), JSON.stringify(value));
    }
    assertSame(read, [...stored]);
  }),
  ruleTest(9, "metadata of any JSON kind is kept; null, and none, come back as null", async ({ store, otherStore }) => {
    const kinds = [{ a: 1 }, [1, 2], "text", "", 0, 5, true, false, {}, [], null, undefined];
    await store.stream(NAMES).publish({ events: kinds.map((metadata) => ({ ...noted(1), metadata })) });
    const read = await otherStore.stream(NAMES).read();
    assertSame(
      read.map(({ metadata }) => metadata),
      kinds.map((metadata) => metadata ?? null),
    );
  }),
  ruleTest(9, "__proto__ in a payload or metadata pollutes no prototype", async ({ store, otherStore }) => {
    const hostile = parseJson('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    await store.stream(NAMES).publish({ events: [{ ...noted(hostile), metadata: hostile }] });
    const [read] = await otherStore.stream(NAMES).read();
    for (const value of [read?.payload, read?.metadata]) {
      assert.equal(Object.getPrototypeOf(value), Object.prototype);
      assert.ok(Object.hasOwn(value as object, "__proto__"), "the key is an own member");
    }
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  }),
  ruleTest(
    9,
    "what a caller does to its event after publishing, or a reader to what it read, changes nothing",
    async ({ store, otherStore }) => {
      const payload = { list: [1, 2], deep: { a: 1, inner: [{ b: 1 }] } };
      const observedAt = new Date(1_000);
      const publish = store.stream(NAMES).publish({ events: [{ ...noted(payload), observedAt }] });
      payload.list.push(3);
      observedAt.setTime(2_000);
      for (const event of [
        ...(await publish),
        ...(await store.stream(NAMES).read()),
        ...(await otherStore.log().read()),
      ]) {
        assertSame(
          [event.payload, event.observedAt],
          [{ list: [1, 2], deep: { a: 1, inner: [{ b: 1 }] } }, new Date(1_000)],
        );
        tamperedWith(event);
      }
      for (const event of [await store.log().latest(), ...(await store.stream(NAMES).read())]) {
        assertSame(
          [event?.payload, event?.observedAt],
          [{ list: [1, 2], deep: { a: 1, inner: [{ b: 1 }] } }, new Date(1_000)],
        );
      }
    },
  ),
  ruleTest(
    9,
    "the adapter keeps JSON text that JSON.stringify would not write, as JSON.parse reads it",
    async ({ adapter }) => {
      const texts = ['{"b":1,"a":2}', ' { "a" : [ 1 , 2 ] } ', '"\\u00e9\\/"', "1.0", "1E5", "-0", '{"a":1,"a":2}'];
      const events = texts.map((payload) => preparedEvent(null, { payload, metadata: payload }));
      await adapter.storage.save({ writes: [{ ...NAMES, events, allowed: undefined }] });
      const read = await collectedPages(adapter.storage.scan({ kind: "log" }, everything()));
      assertSame(
        read.map(({ payload }) => payload),
        texts.map((text) => parseJson(text)),
      );
      assertSame(
        read.map(({ metadata }) => metadata),
        texts.map((text) => parseJson(text)),
      );
    },
  ),
  withAmpleTime(
    ruleTest(9, "an event of 16 MB is stored and comes back", async ({ store, otherStore }) => {
      const text = "0123456789abcde\u20ac".repeat(2 ** 20).slice(0, 16 * 2 ** 20);
      const [stored] = await store
        .stream(NAMES)
        .publish({ events: [{ ...noted({ text }), metadata: "large" }, noted("after")] });
      const [read, after] = await otherStore.stream(NAMES).read();
      const { text: kept } = (read?.payload ?? { text: "" }) as { text: string };
      assert.ok(kept === text, `kept ${kept.length} of ${text.length} characters, or changed some`);
      assertSame([read?.id, read?.metadata, after?.payload], [stored?.id, "large", "after"]);
    }),
  ),
  withAmpleTime(
    ruleTest(9, "16 MB that the text doubles, of quotes, come back", async ({ store, otherStore }) => {
      const text = '"'.repeat(8 * 2 ** 20);
      await store.stream(NAMES).publish({ events: [noted(text)] });
      assert.ok((await otherStore.stream(NAMES).latest())?.payload === text);
    }),
  ),
];

/** Changes an event as a careless reader might. Frozen data refuses that, which is just as good. */
function tamperedWith(event: { readonly payload: unknown; readonly observedAt: Date }): void {
  const attempts = [
    () => (event.payload as { list: number[] }).list.push(9),
    () => Object.assign((event.payload as { deep: object }).deep, { a: 9 }),
    () => Object.assign((event.payload as { deep: { inner: object[] } }).deep.inner[0] ?? {}, { b: 9 }),
    () => Object.assign(event, { payload: "gone" }),
    () => event.observedAt.setTime(9),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch (error) {
      assert.ok(error instanceof TypeError, "frozen data refuses with a TypeError");
    }
  }
}
