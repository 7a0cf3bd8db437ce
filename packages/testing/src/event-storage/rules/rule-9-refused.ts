import assert from "node:assert/strict";
import { forEachValue } from "../../suite/for-each-value.ts";
import { changingNothing } from "../observe/contents.ts";
import { rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import { REFUSED_VALUES } from "./json-values.ts";

const NAMES = { category: "payloads", stream: "refused" };

/** Rule 9: what JSON would silently change is refused. */
export const payloadsRefused: readonly StorageRuleTest[] = [
  withAmpleTime(
    ruleTest(
      9,
      "what JSON would silently change is refused in payload and metadata, with its path; nothing is stored",
      async ({ store }) => {
        const stream = store.stream(NAMES);
        await stream.publish({ events: someEvents(1) });
        await forEachValue(REFUSED_VALUES, async (value) => {
          const nested = { a: [0, value()] };
          await changingNothing(store, async () => {
            const inPayload = stream.publish({ events: [noted(1), noted(nested)] });
            const { path, reason, isRetryable } = await rejectsWith(inPayload, "INVALID_EVENT");
            assert.ok(path.startsWith("events[1].payload.a[1]"), `the path is ${path}`);
            assert.ok(reason.length > 0 && !isRetryable);
            const inMetadata = stream.publish({ events: [{ ...noted(1), metadata: nested }] });
            const { path: metadataPath } = await rejectsWith(inMetadata, "INVALID_EVENT");
            assert.ok(metadataPath.startsWith("events[0].metadata.a[1]"), `the path is ${metadataPath}`);
          });
        });
      },
    ),
  ),
  ruleTest(9, "501 levels are refused, of arrays and of objects", async ({ store }) => {
    let objects: unknown = {};
    let arrays: unknown = [];
    for (let level = 1; level < 501; level += 1) [objects, arrays] = [{ a: objects }, [arrays]];
    for (const payload of [objects, arrays]) {
      await changingNothing(store, () =>
        rejectsWith(store.stream(NAMES).publish({ events: [noted(payload)] }), "INVALID_EVENT"),
      );
    }
  }),
  ruleTest(9, "a payload that is undefined, or absent, is refused", async ({ store }) => {
    const absent = { name: "noted" } as { name: string; payload: unknown };
    await changingNothing(store, async () => {
      for (const event of [noted(undefined), absent, noted({ toJSON: () => undefined }), noted(() => 1)]) {
        const error = await rejectsWith(store.stream(NAMES).publish({ events: [event] }), "INVALID_EVENT");
        assert.equal(error.path, "events[0].payload");
      }
    });
  }),
  ruleTest(9, "an id that is not a canonical lower-case UUID is refused", async ({ store }) => {
    const upper = "018F0000-0000-7000-8000-00000000000A";
    const ids = ["", "1", upper, `{${upper.toLowerCase()}}`, upper.replaceAll("-", ""), `${upper.toLowerCase()} `, 5];
    await changingNothing(store, async () => {
      for (const id of ids) {
        await rejectsWith(
          store.stream(NAMES).publish({ events: [{ ...noted(1), id: id as string }] }),
          "INVALID_EVENT",
        );
      }
    });
  }),
  ruleTest(
    9,
    "versions from 1 to 2147483647 are kept, and everything else is refused",
    async ({ store, otherStore }) => {
      await changingNothing(store, async () => {
        for (const version of [0, -1, 1.5, Number.NaN, 2 ** 31, "1" as unknown as number]) {
          await rejectsWith(store.stream(NAMES).publish({ events: [{ ...noted(1), version }] }), "INVALID_EVENT");
        }
      });
      const versions = [1, 2, 2 ** 31 - 1];
      await store.stream(NAMES).publish({ events: versions.map((version) => ({ ...noted(1), version })) });
      assertSame(
        (await otherStore.stream(NAMES).read()).map(({ version }) => version),
        versions,
      );
    },
  ),
];
