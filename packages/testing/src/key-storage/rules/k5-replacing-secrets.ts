import assert from "node:assert/strict";
import type { KeyStorage, SecretReplacement, StoredKey } from "@eventfold/events";
import { assertSame } from "../../event-storage/observe/same.ts";
import { type KeyRuleTest, keyTest } from "../key-rule-test.ts";
import { addKey, aTombstone, foundUnder, keyed, stateOf } from "../observe/some-keys.ts";

function replacing({ id, subject, secret }: StoredKey, own: Partial<SecretReplacement> = {}): SecretReplacement {
  return { id, subject, was: secret, secret: `encrypted ${secret}`, encryptedWith: "2026", ...own };
}

async function allKeys(storage: KeyStorage): Promise<readonly StoredKey[]> {
  return storage.listKeys({ after: undefined, limit: 1_000 });
}

export const replacingSecrets: readonly KeyRuleTest[] = [
  keyTest("K5", "the secret of a key is replaced, current or former, and nothing else of it", async ({ storages }) => {
    const [one, other] = storages;
    const former = await addKey(one, "ada");
    const current = await addKey(one, "ada", former);
    await other.replaceSecrets([replacing(former), replacing(current)]);
    const expected = { id: current.id, subject: "ada", secret: `encrypted ${current.secret}`, encryptedWith: "2026" };
    assertSame(await stateOf(one, "ada"), keyed(expected));
    const { id } = former;
    const expectedFormer = { id, subject: "ada", secret: `encrypted ${former.secret}`, encryptedWith: "2026" };
    assertSame(await one.find([{ id, subject: "ada" }]), [{ kind: "key", key: expectedFormer }]);
    await other.replaceSecrets([replacing(expected, { secret: "plain", encryptedWith: undefined })]);
    assertSame(await stateOf(one, "ada"), keyed({ ...expected, secret: "plain", encryptedWith: undefined }));
  }),
  keyTest("K5", "a secret that was replaced meanwhile stays, and so does one of another subject", async (stage) => {
    const { storage } = stage;
    const ada = await addKey(storage, "ada");
    await storage.replaceSecrets([replacing(ada, { secret: "first" })]);
    await storage.replaceSecrets([replacing(ada, { secret: "late" })]);
    await storage.replaceSecrets([replacing({ ...ada, secret: "first" }, { subject: "bea", secret: "of another" })]);
    assertSame(
      (await allKeys(storage)).map(({ secret }) => secret),
      ["first"],
    );
  }),
  keyTest("K5", "one that cannot be replaced does not stop the others", async ({ storage }) => {
    const [ada, bea] = [await addKey(storage, "ada"), await addKey(storage, "bea")];
    await storage.forget([aTombstone("ada")]);
    await storage.replaceSecrets([replacing(ada), replacing(bea, { secret: "replaced" })]);
    assertSame(
      (await allKeys(storage)).map(({ secret }) => secret),
      ["replaced"],
    );
  }),
  keyTest("K5", "the key of a subject that is forgotten meanwhile does not come back", async ({ storages, sizes }) => {
    for (let round = 0; round < sizes.repeats; round += 1) {
      const key = await addKey(storages[0], `subject-${round}`);
      const rivals = Array.from({ length: sizes.rivals }, (_, n) =>
        storages[n % 2 === 0 ? 0 : 1].replaceSecrets([replacing(key, { secret: `secret-${n}` })]),
      );
      await Promise.all([...rivals, storages[1].forget([aTombstone(key.subject)])]);
      assert.equal(await foundUnder(storages[0], key), "forgotten");
    }
    assertSame(await allKeys(storages[1]), []);
  }),
];
