import assert from "node:assert/strict";
import { forEachValue } from "../../suite/for-each-value.ts";
import { collected } from "../observe/collected.ts";
import { changingNothing } from "../observe/contents.ts";
import { assertCode, rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const LIMITS = { category: 128, stream: 512, event: 255 } as const;

const BAD_NAMES: readonly (readonly [string, unknown])[] = [
  ["an empty name", ""],
  ["U+0000", "a\u0000b"],
  ["a line feed", "a\nb"],
  ["a tab", "\t"],
  ["U+007F", "a\u007f"],
  ["U+0085, a control character above ASCII", "a\u0085"],
  ["a lone high surrogate", "a\ud800"],
  ["a lone low surrogate", "\udc00a"],
  ["a number", 5],
  ["null", null],
  ["an array", ["a"]],
  ["an object that turns into a string", { toString: () => "a" }],
];

/** Names that look alike to a person, or to a careless database, but are all different. */
const DISTINCT_NAMES: readonly string[] = [
  "acc",
  "Acc",
  "ACC",
  " acc",
  "acc ",
  "acc  ",
  "\u00e9",
  "e\u0301",
  "\ufb01",
  "fi",
  "\u212b",
  "\u00c5",
  "\u0130",
  "i",
  "I",
  "\u0131",
  "\u00df",
  "ss",
  "%",
  "_",
  "a%",
  "a_c",
  "'",
  '"',
  "\\",
  "--",
  ";",
  "*",
  "?",
  "[",
  "a/b",
  "a/",
  "/",
  "..",
  "\u{1f600}",
  "\u{1f601}",
  "\uffff",
  "\ufeff",
  "\u200b",
  "\u2028",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "undefined",
  "0",
  "00",
  "1e3",
  "NaN",
];

/** Rule 8: names. */
export const names: readonly StorageRuleTest[] = [
  ruleTest(8, "what is not a name is refused for categories, streams and events", async ({ store }) =>
    forEachValue(BAD_NAMES, async (name) => {
      const bad = name as string;
      await changingNothing(store, async () => {
        assertCode(
          thrownBy(() => store.category(bad)),
          "INVALID_NAME",
        );
        assertCode(
          thrownBy(() => store.stream({ category: bad, stream: "s" })),
          "INVALID_NAME",
        );
        assertCode(
          thrownBy(() => store.stream({ category: "c", stream: bad })),
          "INVALID_NAME",
        );
        const event = { name: bad, payload: null };
        await rejectsWith(
          store.stream({ category: "c", stream: "s" }).publish({ events: [...someEvents(1), event] }),
          "INVALID_NAME",
        );
        await rejectsWith(store.publish([{ category: "c", stream: bad, events: someEvents(1) }]), "INVALID_NAME");
        await rejectsWith(store.publish([{ category: bad, stream: "s", events: someEvents(1) }]), "INVALID_NAME");
      });
    }),
  ),
  ...(["a", "\u00e9", "\u{1f600}"] as const).map((letter) =>
    ruleTest(
      8,
      `128, 512 and 255 code points are allowed and one more is not, counted in ${JSON.stringify(letter)}`,
      async ({ store, otherStore }) => {
        const longest = { category: letter.repeat(LIMITS.category), stream: letter.repeat(LIMITS.stream) };
        const events = [{ name: letter.repeat(LIMITS.event), payload: 1 }];
        const stored = await store.stream(longest).publish({ events });
        assertSame(await otherStore.stream(longest).read(), [...stored]);
        await changingNothing(store, async () => {
          assertCode(
            thrownBy(() => store.category(longest.category + letter)),
            "INVALID_NAME",
          );
          assertCode(
            thrownBy(() => store.stream({ ...longest, stream: longest.stream + letter })),
            "INVALID_NAME",
          );
          const tooLong = [{ name: letter.repeat(LIMITS.event + 1), payload: 1 }];
          await rejectsWith(store.stream(longest).publish({ events: tooLong }), "INVALID_NAME");
        });
      },
    ),
  ),
  ruleTest(
    8,
    "names are compared exactly: case, spaces, normalisation and wildcards make other streams",
    async ({ store, otherStore }) => {
      await store.publish(DISTINCT_NAMES.map((stream, n) => ({ category: "c", stream, events: someEvents(1, n) })));
      for (const [n, stream] of DISTINCT_NAMES.entries()) {
        const read = await otherStore.stream({ category: "c", stream }).read();
        assertSame(
          read.map((event) => [event.stream, event.payload]),
          [[stream, { n }]],
          JSON.stringify(stream),
        );
      }
      const listed = (await collected(otherStore.category("c").streams())).map(({ stream }) => stream);
      assertSame(listed.toSorted(), DISTINCT_NAMES.toSorted());
    },
  ),
  ruleTest(8, "categories and event names are compared exactly too", async ({ store, otherStore }) => {
    const events = DISTINCT_NAMES.map((name) => ({ name, payload: name }));
    await store.publish(DISTINCT_NAMES.map((category) => ({ category, stream: "s", events })));
    for (const category of DISTINCT_NAMES) {
      const read = await otherStore.category(category).read();
      assertSame(
        read.map((event) => [event.category, event.name]),
        DISTINCT_NAMES.map((name) => [category, name]),
      );
    }
    for (const name of DISTINCT_NAMES) {
      const read = await otherStore.category("acc").read({ constraints: [{ kind: "name-in", names: [name] }] });
      assertSame(
        read.map(({ payload }) => payload),
        [name],
        `nameIn(${JSON.stringify(name)})`,
      );
    }
  }),
  ruleTest(8, "a name of the greatest length is not cut to the name of another stream", async ({ store }) => {
    const stem = "s".repeat(511);
    await store.publish(["a", "b"].map((end, n) => ({ category: "c", stream: stem + end, events: someEvents(1, n) })));
    for (const [n, end] of ["a", "b"].entries()) {
      assertSame(
        (await store.stream({ category: "c", stream: stem + end }).read()).map(({ payload }) => payload),
        [{ n }],
      );
    }
  }),
];

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return assert.fail("Expected the factory to throw at once, but it returned.");
}
