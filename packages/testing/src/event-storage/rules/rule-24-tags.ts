import assert from "node:assert/strict";
import { type NewEvent, newEvent, parseStoredEvent, printStoredEvent, type StoredEvent } from "@eventfold/store";
import { forEachValue } from "../../suite/for-each-value.ts";
import { changingNothing } from "../observe/contents.ts";
import { rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { assertSeenEverywhere } from "../observe/seen-everywhere.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { needing, ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import { ODD_TAGS } from "./odd-tags.ts";

const NAMES = { category: "courses", stream: "c1" };
const tagged = (tags: unknown, n = 0): NewEvent => ({ name: "noted", payload: { n }, tags: tags as readonly string[] });
const tagsOf = (events: readonly StoredEvent[]): readonly (readonly string[])[] => events.map(({ tags }) => tags);

/** Tags that are not allowed: what is given as `tags`, and where the error says that the fault is. */
const REFUSED: readonly (readonly [title: string, refused: readonly [tags: unknown, path: string]])[] = [
  ["an empty tag", [["ok", ""], "tags[1]"]],
  ["256 code points", [["x".repeat(256)], "tags[0]"]],
  ["256 code points beyond U+FFFF", [["\u{1f600}".repeat(256)], "tags[0]"]],
  ["U+0000", [["a\u0000b"], "tags[0]"]],
  ["a line break", [["a\n"], "tags[0]"]],
  ["U+0085", [["\u0085"], "tags[0]"]],
  ["a lone surrogate", [["a", "b", "c\ud800"], "tags[2]"]],
  ["a number", [[1], "tags[0]"]],
  ["null among tags", [["a", null], "tags[1]"]],
  ["a list with a hole", [Object.assign(["a"], { length: 2 }), "tags[1]"]],
  ["a string", ["a", "tags"]],
  ["null", [null, "tags"]],
  ["a set", [new Set(["a"]), "tags"]],
  ["101 tags", [Array.from({ length: 101 }, (_, n) => `t${n}`), "tags"]],
];

/** Rule 24: tags of events. */
export const tags: readonly StorageRuleTest[] = [
  ruleTest(
    24,
    "tags come back as they were given, in order, on every way of reading",
    async ({ store, otherStore, random }) => {
      const events = [
        ...ODD_TAGS.map((tag) => tagged([tag])),
        ...Array.from({ length: 20 }, () => tagged(random.shuffle(ODD_TAGS).slice(0, random.integer(0, 8)))),
        tagged([...ODD_TAGS]),
      ].map((event, n) => ({ ...event, payload: { n } }));
      const stored = await store.stream(NAMES).publish({ events });
      assertSame(
        tagsOf(stored),
        events.map(({ tags = [] }) => [...tags]),
      );
      await assertSeenEverywhere(otherStore, stored);
      for (const { source } of sourcesOf(otherStore, NAMES)) {
        const follower = source.follow();
        for (const event of await source.read()) assertSame((await follower.next()).value, event);
        const waiting = follower.next();
        const [next] = await store.stream(NAMES).publish({ events: [tagged(["late", '{"a,b"}'])] });
        assertSame((await waiting).value, next);
        assertSame(next?.tags, ["late", '{"a,b"}']);
        await follower.return?.(undefined);
      }
    },
  ),
  ruleTest(24, "an event without tags has an empty list of them", async ({ store, otherStore }) => {
    const stored = await store
      .stream(NAMES)
      .publish({ events: [...someEvents(1), tagged(undefined), tagged([]), tagged(["a"])] });
    assertSame(tagsOf(stored), [[], [], [], ["a"]]);
    await assertSeenEverywhere(otherStore, stored);
  }),
  ruleTest(24, "duplicates among the tags of an event are dropped, and the first of each stays", async ({ store }) => {
    const stored = await store.stream(NAMES).publish({ events: [tagged(["b", "a", "b", "A", "a"])] });
    assertSame(tagsOf(stored), [["b", "a", "A"]]);
    assertSame(await store.stream(NAMES).read(), [...stored]);
  }),
  ruleTest(24, "an event may have 100 tags, each of 255 code points", async ({ store, otherStore }) => {
    const tags = Array.from({ length: 100 }, (_, n) => {
      const start = `${n}:`;
      return start + (n % 2 === 0 ? "x" : "\u{1f600}").repeat(255 - start.length);
    });
    const stored = await store.stream(NAMES).publish({ events: [tagged([...tags, ...tags]), tagged(tags)] });
    assertSame(tagsOf(stored), [tags, tags]);
    await assertSeenEverywhere(otherStore, stored);
  }),
  ruleTest(
    24,
    "tags that break the rules are an InvalidEventError that names the path, and nothing is stored",
    async ({ store }) => {
      await changingNothing(store, () =>
        forEachValue(REFUSED, async ([refused, path]) => {
          const events = [tagged(["fine"]), tagged(refused)];
          const error = await rejectsWith(store.stream(NAMES).publish({ events }), "INVALID_EVENT");
          assert.equal(error.path, `events[1].${path}`);
          const inEntry = await rejectsWith(store.publish([{ ...NAMES, events }]), "INVALID_EVENT");
          assert.equal(inEntry.path, `[0].events[1].${path}`);
        }),
      );
    },
  ),
  ruleTest(
    24,
    "each event of a publish has its own tags, over several streams and in a large publish",
    async ({ store, otherStore, sizes }) => {
      const many = (from: number) =>
        Array.from({ length: sizes.manyEvents / 2 }, (_, n) => tagged([`n:${from + n}`, "many", `m:${n % 7}`], n));
      const entries = [
        { category: "courses", stream: "c1", events: many(0) },
        { category: "students", stream: "s1", events: someEvents(3) },
        { category: "students", stream: "s2", events: many(sizes.manyEvents / 2) },
      ];
      const stored = (await store.publish(entries)).flat();
      assertSame(
        tagsOf(stored),
        entries.flatMap(({ events }) => events.map(({ tags = [] }) => [...tags])),
      );
      assertSame(await otherStore.log().read(), stored);
    },
  ),
  ruleTest(
    24,
    "a repeat returns the tags that are stored, whatever tags it was given",
    async ({ store, otherStore }) => {
      const event = newEvent(tagged(["a", "b"]));
      const first = await store.stream(NAMES).publish({ events: [event] });
      for (const other of [[], ["c"], ["b", "a"]]) {
        const again = await otherStore.stream(NAMES).publish({ events: [{ ...event, tags: other }] });
        assertSame([...again], [...first]);
        assert.equal(again.isRepeat, true, "isRepeat");
      }
      assertSame(await store.stream(NAMES).read(), [...first]);
    },
  ),
  ruleTest(24, "a printed event has its tags, and an adapter keeps none that a caller changes", async ({ store }) => {
    const own = ["a", "b"];
    const publish = store.stream(NAMES).publish({ events: [tagged(own)] });
    own.push("changed");
    const [stored] = await publish;
    assertSame(stored?.tags, ["a", "b"]);
    const [read] = await store.stream(NAMES).read();
    assert.ok(read !== undefined, "the event is stored");
    assertSame(parseStoredEvent(printStoredEvent(read)), stored);
  }),
  needing(
    "durable",
    ruleTest(24, "tags are there, unchanged, when the storage is opened again", async ({ adapter, store, open }) => {
      const stored = await store.stream(NAMES).publish({ events: [tagged([...ODD_TAGS]), tagged([]), tagged(["a"])] });
      await adapter.close();
      const reopened = await open();
      const read: StoredEvent[] = [];
      const log = { kind: "log" } as const;
      const all = {
        bounds: {},
        direction: "forwards",
        limit: undefined,
        signal: undefined,
        isFollowing: false,
      } as const;
      for await (const page of reopened.storage.scan(log, all)) read.push(...page);
      assertSame(read, [...stored]);
    }),
  ),
];
