import { assertSame } from "../../event-storage/observe/same.ts";
import { generatedName } from "../../random/generated-name.ts";
import { type KeyRuleTest, keyTest } from "../key-rule-test.ts";
import { adding, addKey, aKey, everythingIn, keyed, stateOf } from "../observe/some-keys.ts";

/** Subjects that careless code mixes up, each of which is a subject of its own. */
const EXACT_SUBJECTS = ["ada", "Ada", "ada ", " ada", "é", "e\u0301", "'", "%", "__proto__", "\u{1f600}".repeat(200)];

export const firstKeys: readonly KeyRuleTest[] = [
  keyTest("K1", "a subject has no key until one is added, and asking adds none", async ({ storages: [one, other] }) => {
    assertSame(await one.current(["ada"]), [{ kind: "keyless" }]);
    assertSame(await other.current(["ada"]), [{ kind: "keyless" }]);
    assertSame(await one.listKeys({ after: undefined, limit: 10 }), []);
  }),
  keyTest("K1", "the first key of a subject becomes its current one, for all", async ({ storages: [one, other] }) => {
    const key = await addKey(one, "ada");
    assertSame([await stateOf(one, "ada"), await stateOf(other, "ada")], [keyed(key), keyed(key)]);
  }),
  keyTest("K1", "a second first key is not stored, and the current one is the answer", async ({ storages }) => {
    const [one, other] = storages;
    const key = await addKey(one, "ada");
    assertSame(await other.add([adding(aKey("ada"))]), [keyed(key)]);
    assertSame(await one.listKeys({ after: undefined, limit: 10 }), [key]);
  }),
  keyTest("K1", "rivals that make a first key at once all get the same", async ({ storages, sizes }) => {
    for (let round = 0; round < sizes.repeats; round += 1) {
      const subject = `subject-${round}`;
      const rivals = Array.from({ length: sizes.rivals }, () => aKey(subject));
      const answers = await Promise.all(rivals.map((key, n) => storages[n % 2 === 0 ? 0 : 1].add([adding(key)])));
      const current = await storages[1].current([subject]);
      for (const answer of answers) assertSame(answer, current, "what a rival got");
      const stored = (await storages[0].listKeys({ after: undefined, limit: 1_000 })).filter(
        (key) => key.subject === subject,
      );
      assertSame(stored.map(keyed), current, "what is stored");
    }
  }),
  keyTest("K1", "rivals that make keys of several subjects, in any order, do not stop each other", async (stage) => {
    const { storages, sizes, random } = stage;
    for (let round = 0; round < sizes.repeats; round += 1) {
      const subjects = Array.from({ length: 5 }, (_, n) => `subject-${round}-${n}`);
      const orders = Array.from({ length: sizes.rivals }, () => random.shuffle(subjects));
      const answers = await Promise.all(
        orders.map((order, n) => storages[n % 2 === 0 ? 0 : 1].add(order.map((subject) => adding(aKey(subject))))),
      );
      for (const [n, order] of orders.entries()) {
        assertSame(answers[n], await storages[0].current(order), "what a rival got");
      }
    }
  }),
  keyTest("K1", "answers come in the order of the question, and subjects are compared exactly", async (stage) => {
    const { storage, random } = stage;
    const generated = Array.from({ length: 50 }, () => [...generatedName(random, "event")].slice(0, 200).join(""));
    const subjects = [...new Set([...EXACT_SUBJECTS, ...generated])];
    const keys = subjects.map((subject) => aKey(subject));
    assertSame(await storage.add(keys.map((key) => adding(key))), keys.map(keyed));
    const [turned, all] = [keys.toReversed(), subjects.toReversed()];
    assertSame(await storage.current(["nobody", ...all]), [{ kind: "keyless" }, ...turned.map(keyed)]);
  }),
  keyTest("K1", "secrets are kept exactly, the longest too", async ({ storage, storages: [, other] }) => {
    const secrets = ["", "AA==", "'\\x00\"%s", "~".repeat(8_192)];
    const names = ["2026", 'it\'s "a" name', "é".repeat(255), undefined];
    const keys = secrets.map((secret, n) => aKey(`subject-${n}`, { secret, encryptedWith: names[n] }));
    await storage.add(keys.map((key) => adding(key)));
    assertSame(await other.current(keys.map(({ subject }) => subject)), keys.map(keyed));
    assertSame(
      await other.find(keys.map(({ id, subject }) => ({ id, subject }))),
      keys.map((key) => ({ kind: "key", key })),
    );
  }),
  keyTest("K1", "empty lists are answered with empty lists", async ({ storage }) => {
    assertSame([await storage.current([]), await storage.add([]), await storage.find([])], [[], [], []]);
    assertSame(await storage.forget([]), []);
    await storage.replaceSecrets([]);
    assertSame(await everythingIn(storage), { keys: [], current: [], tombstones: [] });
  }),
];
