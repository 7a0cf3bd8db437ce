import { randomUUID } from "node:crypto";
import type { KeyReference } from "@eventfold/events";
import { assertSame } from "../../event-storage/observe/same.ts";
import { type KeyRuleTest, keyTest } from "../key-rule-test.ts";
import { adding, addKey, aKey, aTombstone } from "../observe/some-keys.ts";

export const finding: readonly KeyRuleTest[] = [
  keyTest("K3", "a key is found with its subject, and with no other", async ({ storages: [one, other] }) => {
    const [ada, bea] = [await addKey(one, "ada"), await addKey(one, "bea")];
    const references: readonly KeyReference[] = [
      { id: ada.id, subject: "ada" },
      { id: ada.id, subject: "bea" },
      { id: bea.id, subject: "ada" },
      { id: bea.id, subject: "nobody" },
      { id: randomUUID(), subject: "ada" },
      { id: bea.id, subject: "bea" },
    ];
    const unknown = { kind: "unknown" };
    const expected = [{ kind: "key", key: ada }, unknown, unknown, unknown, unknown, { kind: "key", key: bea }];
    assertSame(await other.find(references), expected);
  }),
  keyTest("K3", "thousands of keys are found at once, in the order of the question", async (stage) => {
    const { storage, random } = stage;
    const keys = Array.from({ length: 2_500 }, (_, n) => aKey(`subject-${n}`));
    await storage.add(keys.map((key) => adding(key)));
    const asked = random.shuffle(keys);
    assertSame(
      await storage.find(asked.map(({ id, subject }) => ({ id, subject }))),
      asked.map((key) => ({ kind: "key", key })),
    );
  }),
  keyTest("K3", "with a tombstone every key of the subject is forgotten, one that never was too", async (stage) => {
    const [one, other] = stage.storages;
    const key = await addKey(one, "ada");
    const { forgottenAt } = aTombstone("ada");
    await one.forget([{ subject: "ada", forgottenAt }]);
    const references = [
      { id: key.id, subject: "ada" },
      { id: randomUUID(), subject: "ada" },
      { id: key.id, subject: "bea" },
    ];
    const forgotten = { kind: "forgotten", forgottenAt };
    assertSame(await other.find(references), [forgotten, forgotten, { kind: "unknown" }]);
  }),
];
