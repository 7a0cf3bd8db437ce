import assert from "node:assert/strict";
import { assertSame } from "../../event-storage/observe/same.ts";
import { type KeyRuleTest, keyTest } from "../key-rule-test.ts";
import { adding, addKey, aKey, foundUnder, keyed, stateOf } from "../observe/some-keys.ts";

export const rotating: readonly KeyRuleTest[] = [
  keyTest("K2", "a key that replaces the current one is current, and the former one stays", async ({ storages }) => {
    const [one, other] = storages;
    const first = await addKey(one, "ada");
    const second = await addKey(other, "ada", first);
    const third = await addKey(one, "ada", second);
    assertSame(await stateOf(other, "ada"), keyed(third));
    for (const key of [first, second, third]) assert.equal(await foundUnder(other, key), "key");
  }),
  keyTest("K2", "a key that replaces another than the current one is not stored", async ({ storage }) => {
    const first = await addKey(storage, "ada");
    const second = await addKey(storage, "ada", first);
    const late = aKey("ada");
    assertSame(await storage.add([adding(late, first.id)]), [keyed(second)]);
    assertSame(await storage.add([adding(aKey("bea"), first.id)]), [{ kind: "keyless" }]);
    assert.equal(await foundUnder(storage, late), "unknown");
    assertSame((await storage.listKeys({ after: undefined, limit: 10 })).length, 2);
  }),
  keyTest("K2", "of rivals that rotate at once one has its way, and all get its key", async ({ storages, sizes }) => {
    let current = await addKey(storages[0], "ada");
    for (let round = 0; round < sizes.repeats; round += 1) {
      const { id } = current;
      const answers = await Promise.all(
        Array.from({ length: sizes.rivals }, (_, n) => storages[n % 2 === 0 ? 0 : 1].add([adding(aKey("ada"), id)])),
      );
      const [state] = await storages[1].current(["ada"]);
      if (state?.kind !== "keyed") assert.fail("a subject with a key is keyed");
      assert.notEqual(state.key.id, id, "the key that was rotated");
      for (const answer of answers) assertSame(answer, [state], "what a rival got");
      current = state.key;
    }
    const stored = await storages[0].listKeys({ after: undefined, limit: 1_000 });
    assert.equal(stored.length, sizes.repeats + 1, "how many keys are stored");
  }),
];
