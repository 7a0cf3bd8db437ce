import assert from "node:assert/strict";
import { EventStore } from "@eventfold/store";
import { rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { type KeyRuleTest, keyTest, keyTestNeeding } from "../key-rule-test.ts";
import { adding, addKey, aKey, aTombstone, everyKeyCall, everythingIn, stateOf } from "../observe/some-keys.ts";

export const keyLifeCycle: readonly KeyRuleTest[] = [
  keyTest("K8", "close is idempotent, one after another and at once, and isClosed says so", async ({ adapter }) => {
    assertSame([adapter.isClosed, adapter.storage.isClosed], [false, false]);
    await Promise.all([adapter.close(), adapter.close()]);
    await adapter[Symbol.asyncDispose]();
    assertSame([adapter.isClosed, adapter.storage.isClosed], [true, true]);
  }),
  keyTest("K8", "use after close rejects with AdapterClosedError, by every method", async ({ adapter }) => {
    await adapter.close();
    for (const [name, call] of everyKeyCall(adapter.storage)) {
      await rejectsWith(call(), "ADAPTER_CLOSED").catch((error) => assert.fail(`${name}: ${error.message}`));
    }
  }),
  keyTest("K8", "close waits for calls in flight: each is either done or rejected", async ({ adapter, sizes }) => {
    const calls = Array.from({ length: sizes.rivals * 2 }, (_, n) => adapter.storage.add([adding(aKey(`s-${n}`))]));
    let settledCount = 0;
    for (const call of calls) call.catch(() => {}).finally(() => (settledCount += 1));
    await adapter.close();
    await new Promise(setImmediate); // what has been answered reaches its caller
    assert.equal(settledCount, calls.length, "calls that were settled once close had ended");
  }),
  keyTestNeeding(
    "durable",
    keyTest("K8", "what was acknowledged is there when the storage is opened again", async ({ adapter, open }) => {
      const { storage } = adapter;
      const first = await addKey(storage, "ada");
      await addKey(storage, "ada", first);
      await addKey(storage, "bea");
      await storage.forget([aTombstone("bea")]);
      const { id, subject, secret } = first;
      await storage.replaceSecrets([{ id, subject, was: secret, secret: "s", encryptedWith: "k" }]);
      const stored = await everythingIn(storage);
      await adapter.close();
      const { storage: again } = await open();
      assertSame(await everythingIn(again), stored);
    }),
  ),
  keyTestNeeding(
    "sharing",
    keyTest("K8", "one that shares with an event adapter ends nothing of it", async ({ openShared }) => {
      const { events, keys } = await openShared();
      await addKey(keys.storage, "ada");
      await keys.close();
      assert.equal(events.isClosed, false);
      await new EventStore({ adapter: events }).log().latest();
    }),
  ),
  keyTestNeeding(
    "sharing",
    keyTest("K8", "when the event adapter is closed, so is one that shares with it", async ({ openShared }) => {
      const { events, keys } = await openShared();
      await addKey(keys.storage, "ada");
      await events.close();
      assertSame([keys.isClosed, keys.storage.isClosed], [true, true]);
      for (const [name, call] of everyKeyCall(keys.storage)) {
        await rejectsWith(call(), "ADAPTER_CLOSED").catch((error) => assert.fail(`${name}: ${error.message}`));
      }
    }),
  ),
  keyTestNeeding(
    "sharing",
    keyTest("K8", "an adapter that shares stores keys while events are published", async ({ openShared, sizes }) => {
      const { events, keys } = await openShared();
      const stream = new EventStore({ adapter: events }).stream({ category: "users", stream: "ada" });
      await Promise.all(
        Array.from({ length: sizes.rivals }, async (_, n) => {
          await stream.publish({ events: [{ name: "noted", payload: n }] });
          await addKey(keys.storage, `subject-${n}`);
        }),
      );
      assert.equal((await stream.read()).length, sizes.rivals);
      assert.equal((await stateOf(keys.storage, "subject-0"))?.kind, "keyed");
    }),
  ),
];
