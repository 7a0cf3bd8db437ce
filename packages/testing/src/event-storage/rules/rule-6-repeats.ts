import assert from "node:assert/strict";
import { type NewEvent, newEvent, positionIs, streamIsEmpty } from "@eventfold/store";
import { changingNothing } from "../observe/contents.ts";
import { assertSame } from "../observe/same.ts";
import { assertSeenEverywhere } from "../observe/seen-everywhere.ts";
import { someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "accounts", stream: "acc-1" };
const identified = (count: number, from = 0): NewEvent[] => someEvents(count, from).map((event) => newEvent(event));

/** Rule 6: a publish that was stored already. */
export const repeats: readonly StorageRuleTest[] = [
  ruleTest(6, "a first publish says that it is not a repeat", async ({ store }) => {
    assert.equal((await store.stream(NAMES).publish({ events: identified(2) })).isRepeat, false, "isRepeat");
    assert.equal((await store.publish([{ ...NAMES, events: identified(2) }])).isRepeat, false, "isRepeat");
  }),
  ruleTest(
    6,
    "a repeat returns the stored events, writes nothing and says that it is one",
    async ({ store, otherStore }) => {
      const events = identified(3);
      const first = await store.stream(NAMES).publish({ events });
      await changingNothing(otherStore, async () => {
        const again = await otherStore.stream(NAMES).publish({ events });
        assertSame([...again], [...first]);
        assert.equal(again.isRepeat, true, "isRepeat");
      });
      await assertSeenEverywhere(otherStore, first);
    },
  ),
  ruleTest(
    6,
    "a repeat is recognised when others have published since, and when it was part of a longer publish",
    async ({ store }) => {
      const stream = store.stream(NAMES);
      const [first, second, third, fourth] = await stream.publish({ events: identified(4) });
      await stream.publish({ events: identified(2, 4) });
      for (const part of [[first, second], [second, third], [fourth], [first, fourth]]) {
        const stored = part.filter((event) => event !== undefined);
        const again = await stream.publish({ events: stored.map(({ id, name, payload }) => ({ id, name, payload })) });
        assertSame([...again], stored);
        assert.equal(again.isRepeat, true, "isRepeat");
      }
    },
  ),
  ruleTest(6, "a repeat of several publishes at once is one too", async ({ store }) => {
    const events = identified(4);
    const stream = store.stream(NAMES);
    const first = await stream.publish({ events: events.slice(0, 2) });
    await stream.publish({ events: identified(1, 9) });
    const second = await stream.publish({ events: events.slice(2) });
    const again = await stream.publish({ events });
    assertSame([...again], [...first, ...second]);
    assert.equal(again.isRepeat, true, "isRepeat");
  }),
  ruleTest(6, "a repeat succeeds whatever its conditions say", async ({ store }) => {
    const events = identified(2);
    const stream = store.stream(NAMES);
    const first = await stream.publish({ events, condition: streamIsEmpty() });
    for (const condition of [streamIsEmpty(), positionIs(0), positionIs(99)]) {
      assertSame([...(await stream.publish({ events, condition }))], [...first]);
    }
  }),
  ruleTest(6, "content is not compared: the stored payload, metadata, name and times come back", async ({ store }) => {
    const [event] = identified(1);
    const stream = store.stream(NAMES);
    const [stored] = await stream.publish({
      events: [{ ...event, name: "noted", payload: "stored", metadata: { a: 1 } }],
    });
    const other = {
      id: stored?.id,
      name: "other",
      payload: "other",
      version: 9,
      observedAt: new Date(5),
      occurredAt: new Date(6),
    };
    const [again] = await stream.publish({ events: [other] });
    assertSame(again, stored);
    assertSame(await stream.read(), [stored]);
  }),
  ruleTest(6, "a repeat over several streams returns the stored events per entry", async ({ store, otherStore }) => {
    const entries = [
      { category: "a", stream: "1", events: identified(2), condition: streamIsEmpty() },
      { category: "b", stream: "2", events: identified(3) },
    ];
    const first = await store.publish(entries);
    await changingNothing(store, async () => {
      const again = await otherStore.publish(entries);
      assertSame([...again], [...first]);
      assert.equal(again.isRepeat, true, "isRepeat");
    });
    const swapped = await otherStore.publish(entries.toReversed());
    assertSame([...swapped], first.toReversed());
  }),
  ruleTest(6, "a repeat with an entry that only checks is one, whatever the check says", async ({ store }) => {
    const entries = [
      { category: "a", stream: "1", events: identified(2) },
      { category: "b", stream: "2", events: [], condition: streamIsEmpty() },
    ];
    const first = await store.publish(entries);
    await store.stream({ category: "b", stream: "2" }).publish({ events: someEvents(1) });
    const again = await store.publish(entries);
    assertSame([...again], [...first]);
    assert.equal(again.isRepeat, true, "isRepeat");
  }),
  ruleTest(
    6,
    "a repeat racing its original waits for it: one is stored, all return the same",
    async ({ store, otherStore, sizes }) => {
      for (let round = 0; round < sizes.repeats * 4; round += 1) {
        const stream = { category: "races", stream: `round-${round}` };
        const events = identified(2);
        const results = await Promise.all(
          Array.from({ length: 8 }, (_, rival) =>
            (rival % 2 === 0 ? store : otherStore).stream(stream).publish({ events, condition: streamIsEmpty() }),
          ),
        );
        assert.equal(results.filter(({ isRepeat }) => !isRepeat).length, 1, "publishes that were no repeat");
        for (const result of results) assertSame([...result], [...(results[0] ?? [])]);
        assert.equal((await store.stream(stream).read()).length, 2);
      }
    },
  ),
];
