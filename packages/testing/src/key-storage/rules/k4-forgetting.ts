import assert from "node:assert/strict";
import type { KeyStorage } from "@eventfold/events";
import { assertSame } from "../../event-storage/observe/same.ts";
import { type KeyRuleTest, keyTest } from "../key-rule-test.ts";
import { adding, addKey, aKey, aTombstone, foundUnder, keyed, stateOf } from "../observe/some-keys.ts";

/** How many keys of a subject are stored. */
async function keyCount(storage: KeyStorage, subject: string): Promise<number> {
  const keys = await storage.listKeys({ after: undefined, limit: 10_000 });
  return keys.filter((key) => key.subject === subject).length;
}

export const forgetting: readonly KeyRuleTest[] = [
  keyTest("K4", "all keys of the subject are deleted, and its tombstone is there for all", async ({ storages }) => {
    const [one, other] = storages;
    const first = await addKey(one, "ada");
    const second = await addKey(other, "ada", first);
    const bea = await addKey(one, "bea");
    const tombstone = aTombstone("ada");
    assertSame(await one.forget([tombstone]), [tombstone]);
    const state = { kind: "forgotten", forgottenAt: tombstone.forgottenAt };
    assertSame([await stateOf(one, "ada"), await stateOf(other, "ada")], [state, state]);
    for (const key of [first, second]) assert.equal(await foundUnder(other, key), "forgotten");
    assertSame(await other.listKeys({ after: undefined, limit: 10 }), [bea]);
    assertSame(await stateOf(other, "bea"), keyed(bea));
  }),
  keyTest("K4", "a forgotten subject never gets a key again, first or next", async ({ storages: [one, other] }) => {
    const key = await addKey(one, "ada");
    const tombstones = [aTombstone("ada"), aTombstone("never-had-one")];
    assertSame(await one.forget(tombstones), tombstones);
    const states = tombstones.map(({ forgottenAt }) => ({ kind: "forgotten", forgottenAt }));
    assertSame(await other.add([adding(aKey("ada")), adding(aKey("never-had-one"))]), states);
    assertSame(await other.add([adding(aKey("ada"), key.id)]), states.slice(0, 1));
    assertSame(await one.listKeys({ after: undefined, limit: 10 }), []);
  }),
  keyTest("K4", "forgetting again keeps the first tombstone", async ({ storages: [one, other] }) => {
    const [first, second] = [aTombstone("ada", 1_000), aTombstone("ada", 2_000)];
    await one.forget([first]);
    assertSame(await other.forget([second]), [first]);
    assertSame(await one.listTombstones({ after: undefined, limit: 10 }), [first]);
  }),
  keyTest("K4", "times of tombstones are kept to the millisecond", async ({ storage }) => {
    const timesMs = [-62_135_596_800_000, -1, 0, 1_700_000_000_001, 253_402_300_799_999];
    const tombstones = timesMs.map((timeMs, n) => aTombstone(`subject-${n}`, timeMs));
    assertSame(await storage.forget(tombstones), tombstones);
    assertSame(await storage.listTombstones({ after: undefined, limit: 10 }), tombstones);
  }),
  keyTest("K4", "where forgetting meets additions, no key is left", async ({ storages, sizes }) => {
    for (let round = 0; round < sizes.repeats; round += 1) {
      const subject = `subject-${round}`;
      // The first rounds race with a first key, the others with the next one.
      const current = round % 2 === 0 ? undefined : await addKey(storages[0], subject);
      const additions = Array.from({ length: sizes.rivals }, (_, n) =>
        storages[n % 2 === 0 ? 0 : 1].add([adding(aKey(subject), current?.id)]),
      );
      await Promise.all([...additions, storages[1].forget([aTombstone(subject)])]);
      assert.equal((await stateOf(storages[0], subject))?.kind, "forgotten");
      assert.equal(await keyCount(storages[0], subject), 0, "how many keys are left");
      for (const answer of await Promise.all(additions)) {
        assert.ok(answer[0]?.kind !== "keyless", "an addition is answered with a key or a tombstone");
      }
    }
  }),
  keyTest("K4", "rivals that forget several subjects, in any order, do not stop each other", async (stage) => {
    const { storages, sizes, random } = stage;
    for (let round = 0; round < sizes.repeats; round += 1) {
      const tombstones = Array.from({ length: 5 }, (_, n) => aTombstone(`subject-${round}-${n}`));
      await storages[0].add(tombstones.map(({ subject }) => adding(aKey(subject))));
      const orders = Array.from({ length: sizes.rivals }, () => random.shuffle(tombstones));
      const answers = await Promise.all(orders.map((order, n) => storages[n % 2 === 0 ? 0 : 1].forget(order)));
      for (const [n, order] of orders.entries()) assertSame(answers[n], order);
    }
    assertSame(await storages[1].listKeys({ after: undefined, limit: 10 }), []);
  }),
];
