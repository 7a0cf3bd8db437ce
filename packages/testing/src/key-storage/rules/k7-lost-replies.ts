import { assertSame } from "../../event-storage/observe/same.ts";
import { type KeyRuleTest, keyTest } from "../key-rule-test.ts";
import { adding, addKey, aKey, aTombstone, everythingIn, keyed } from "../observe/some-keys.ts";

export const lostKeyReplies: readonly KeyRuleTest[] = [
  keyTest("K7", "every call may be made again: the answer, and what is stored, are the same", async ({ storages }) => {
    const [storage, other] = storages;
    const first = await addKey(storage, "bea");
    const [ada, next] = [aKey("ada"), aKey("bea")];
    const { id, subject, secret } = first;
    const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
      ["add of a first key", () => storage.add([adding(ada)])],
      ["add of the next key", () => storage.add([adding(next, id)])],
      ["replaceSecrets", () => storage.replaceSecrets([{ id, subject, was: secret, secret: "s", encryptedWith: "k" }])],
      ["forget", () => storage.forget([aTombstone("ada")])],
    ];
    for (const [name, call] of calls) {
      const answer = await call();
      const stored = await everythingIn(storage);
      assertSame(await call(), answer, `the answer to the repeated ${name}`);
      assertSame(await everythingIn(other), stored, `what is stored after the repeated ${name}`);
    }
  }),
  keyTest("K7", "an addition that is repeated late, after another key, changes nothing", async ({ storages }) => {
    const [storage, other] = storages;
    const first = aKey("ada");
    await storage.add([adding(first)]);
    const second = await addKey(storage, "ada", first);
    assertSame(await other.add([adding(first)]), [keyed(second)]);
    await other.forget([aTombstone("ada")]);
    await storage.add([adding(second, first.id)]);
    assertSame(await storage.listKeys({ after: undefined, limit: 10 }), []);
  }),
];
