import { describe, expect, it } from "vitest";
import { AdapterLife, isInsideTransaction, JoiningWork, TransactionScope } from "../../src/adapter/index.ts";

const NESTED = expect.objectContaining({ code: "NESTED_PUBLISH" });
const CLOSED = expect.objectContaining({ code: "ADAPTER_CLOSED" });

/** What a call throws; `undefined` when it does not. */
function thrownBy(call: () => void): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("the life of an adapter", () => {
  it("waits, when it is closed, for what is in flight, and for what that begins, before it ends what is beneath", async () => {
    const life = new AdapterLife();
    const steps: string[] = [];
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    void life.track(first.promise.then(() => void life.track(second.promise)));
    const closing = life.close({ announce: () => steps.push("announced"), end: () => void steps.push("ended") });
    expect([life.isEnded, steps]).toEqual([true, ["announced"]]);
    first.resolve();
    await new Promise(setImmediate);
    expect(steps).toEqual(["announced"]);
    second.resolve();
    await closing;
    await life.close({ end: () => void steps.push("ended again") });
    expect(steps).toEqual(["announced", "ended"]);
    expect(thrownBy(() => life.throwIfMayNotWrite())).toEqual(CLOSED);
  });

  it("goes on when an operation in flight fails, and leaves its failure to its caller", async () => {
    const life = new AdapterLife();
    const failing = life.track(Promise.reject(new Error("mine")));
    await life.close();
    await expect(failing).rejects.toThrow("mine");
  });

  it("ends with the one beneath, and leaves that alone when it is closed itself", async () => {
    const beneath = new AdapterLife();
    const first = new AdapterLife({ beneath });
    const second = new AdapterLife({ beneath });
    await first.close();
    expect([first.isEnded, second.isEnded, beneath.isEnded]).toEqual([true, false, false]);
    await beneath.close();
    expect(thrownBy(() => second.throwIfEnded())).toEqual(CLOSED);
  });

  it("refuses to wait for the transaction of a call, whoever of those on the database has begun it", async () => {
    const beneath = new AdapterLife();
    const shared = new AdapterLife({ beneath });
    const other = new AdapterLife();
    await shared.runInside(new TransactionScope(), async () => {
      for (const life of [beneath, shared]) {
        expect(thrownBy(() => life.throwIfMayNotWrite())).toEqual(NESTED);
        await expect(life.close()).rejects.toEqual(NESTED);
      }
      expect(thrownBy(() => other.throwIfMayNotWrite())).toBeUndefined();
    });
    expect([beneath.isEnded, shared.isEnded]).toEqual([false, false]);
  });

  it("sees its own transaction around that of another adapter", async () => {
    const [outer, inner] = [new AdapterLife(), new AdapterLife()];
    await outer.runInside(new TransactionScope(), () =>
      inner.runInside(new TransactionScope(), async () => {
        expect(thrownBy(() => outer.throwIfInside())).toEqual(NESTED);
        expect(thrownBy(() => inner.throwIfInside())).toEqual(NESTED);
      }),
    );
  });

  it("lets what has outlived the callback it was begun in write again", async () => {
    const life = new AdapterLife();
    const mayGoOn = Promise.withResolvers<void>();
    let outliving: Promise<unknown> | undefined;
    await life.runInside(new TransactionScope(), async () => {
      outliving = mayGoOn.promise.then(() => [isInsideTransaction(), thrownBy(() => life.throwIfMayNotWrite())]);
      expect(isInsideTransaction()).toBe(true);
    });
    mayGoOn.resolve();
    expect(await outliving).toEqual([false, undefined]);
  });

  it("rejects with what a transaction is to be rolled back with, the first of it, and rather with the callback's own", async () => {
    const life = new AdapterLife();
    const scope = new TransactionScope();
    const doomed = life.runInside(scope, async () => {
      for (const reason of ["first", "second"]) scope.rollbackWith(reason);
    });
    await expect(doomed).rejects.toBe("first");
    await expect(life.runInside(scope, () => Promise.reject("own"))).rejects.toBe("own");
  });
});

describe("the scope of a transaction", () => {
  it("ends when it is told so, or when the database says so, for every call in it", () => {
    let isOver = false;
    for (const end of [(scope: TransactionScope) => scope.end(), () => (isOver = true)]) {
      const scope = new TransactionScope({ isOver: () => isOver });
      expect([scope.isEnded, thrownBy(() => scope.throwIfEnded())]).toEqual([false, undefined]);
      end(scope);
      const error = thrownBy(() => scope.throwIfEnded());
      expect([scope.isEnded, error]).toEqual([true, expect.objectContaining({ code: "TRANSACTION_ENDED" })]);
    }
  });
});

describe("work that joins a transaction", () => {
  it("is inside of it from then on, until that has ended", async () => {
    const life = new AdapterLife();
    const joining = new JoiningWork();
    const [opened, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const seen: unknown[] = [];
    const look = () =>
      seen.push(
        thrownBy(() => life.throwIfInside()),
        isInsideTransaction(),
      );
    const work = joining.run(async () => {
      look();
      await opened.promise;
      look();
      await ended.promise;
      look();
    });
    await life.runInside(new TransactionScope(), async () => {
      joining.join();
      opened.resolve();
      await new Promise(setImmediate);
    });
    ended.resolve();
    await work;
    expect(seen).toEqual([undefined, false, NESTED, true, undefined, false]);
    expect(isInsideTransaction()).toBe(false);
  });

  it("leaves what was begun elsewhere outside", async () => {
    const life = new AdapterLife();
    const joining = new JoiningWork();
    await life.runInside(new TransactionScope(), async () => joining.join());
    expect(thrownBy(() => life.throwIfInside())).toBeUndefined();
    expect(joining.run(() => isInsideTransaction())).toBe(false);
  });
});

describe("the callback of a transaction that may take so long", () => {
  it("is given up when it takes longer", async () => {
    const life = new AdapterLife();
    const never = life.runInside(new TransactionScope(), () => new Promise(() => {}), 1);
    await expect(never).rejects.toMatchObject({ code: "STORAGE_BUSY", isRetryable: true });
    expect(await life.runInside(new TransactionScope(), async () => "in time", 60_000)).toBe("in time");
  });
});
