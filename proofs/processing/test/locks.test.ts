import { LockManager, type LockManagerOptions, type ProcessingStorage } from "@eventfold/processing";
import { StorageUnavailableError } from "@eventfold/types";
import { afterEach, describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { openStage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const opened: LockManager[] = [];
function open(options: LockManagerOptions): LockManager {
  const locks = new LockManager({ leaseMs: 150, ...options });
  opened.push(locks);
  return locks;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((locks) => locks.close({ timeoutMs: 0 })));
});

const down = () => new StorageUnavailableError("It is down.");

/** Whether a storage call fails, before or after it took effect. */
type Break = "before" | "after" | undefined;

function breaking(beneath: ProcessingStorage, member: "tryLock" | "releaseLock" | "beat", when: () => Break) {
  const call = async (argument: never) => {
    const now = when();
    if (now === "before") throw down();
    const result = await (beneath[member] as (given: never) => Promise<unknown>)(argument);
    if (now === "after") throw down();
    return result;
  };
  return { [member]: call } as Partial<ProcessingStorage>;
}

describe("LockManager.tryLock", () => {
  it("takes a lock that is free, keeps it from others and itself, and gives it back", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const [a, b] = [open({ name: "a", storage }), open({ name: "b", storage })];
    const lock = await a.tryLock("nightly");
    expect(lock).toMatchObject({ name: "nightly" });
    expect(await b.tryLock("nightly")).toBeUndefined();
    expect(await a.tryLock("nightly")).toBeUndefined();
    expect(await b.tryLock("weekly")).toBeDefined();
    await Promise.all([lock?.release(), lock?.release()]);
    const next = await b.tryLock("nightly");
    expect(next?.fencingToken).toBeGreaterThan(lock?.fencingToken ?? Number.POSITIVE_INFINITY);
    await lock?.release(); // late, and without effect
    expect(await a.tryLock("nightly")).toBeUndefined();
  });

  it("gives back what it has taken by a call whose reply was lost", async () => {
    await using stage = await openStage();
    let lost: Break = "after";
    const storage = withChanges(
      stage.storage,
      breaking(stage.storage.storage, "tryLock", () => lost),
    );
    const [a, b] = [open({ name: "a", storage }), open({ name: "b", storage: stage.storage })];
    await expect(a.tryLock("nightly")).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    lost = undefined;
    await b.withLock("nightly", { timeoutMs: 20_000 }, async () => {});
  });

  it("refuses invalid names, and options that make no sense", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const locks = open({ name: "a", storage });
    await expect(locks.tryLock("")).rejects.toThrow(RangeError);
    await expect(locks.tryLock(7 as never)).rejects.toThrow(TypeError);
    await expect(locks.withLock("a", { timeoutMs: -1 }, async () => {})).rejects.toThrow(RangeError);
    await expect(locks.withLock("a", {}, undefined as never)).rejects.toThrow(TypeError);
    expect(() => new LockManager({ name: "", storage })).toThrow(RangeError);
    expect(() => new LockManager({ name: "a", storage, leaseMs: 1 })).toThrow(RangeError);
    expect(() => new LockManager({ name: "a", storage: stage.storage.storage as never })).toThrow(TypeError);
  });
});

describe("LockManager.withLock", () => {
  it("lets one at a time work, of many in several processes, with tokens that rise", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const managers = [1, 2, 3].map((n) => open({ name: `node-${n}`, storage }));
    const tokens: number[] = [];
    let atWork = 0;
    const work = async ({ fencingToken }: { readonly fencingToken: number }) => {
      expect(++atWork).toBe(1);
      tokens.push(fencingToken);
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
      return fencingToken;
    };
    const results = await Promise.all(
      managers.flatMap((locks) => Array.from({ length: 10 }, () => locks.withLock("nightly", {}, work))),
    );
    expect(tokens).toHaveLength(30);
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
    expect(results.toSorted((a, b) => a - b)).toEqual(tokens);
  });

  it("lets callers of one process work in the order in which they came", async () => {
    await using stage = await openStage();
    const locks = open({ name: "a", storage: stage.storage });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        locks.withLock("nightly", {}, async () => {
          order.push(n);
        }),
      ),
    );
    expect(order).toEqual(Array.from({ length: 10 }, (_, n) => n));
  });

  it("lets another process have its turn although one takes the lock again and again", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const [a, b] = [open({ name: "a", storage }), open({ name: "b", storage })];
    let isOver = false;
    const hogging = (async () => {
      while (!isOver) await a.withLock("nightly", {}, async () => {});
    })();
    await b.withLock("nightly", { timeoutMs: 30_000 }, async ({ waitedMs }) => {
      expect(waitedMs).toBeGreaterThanOrEqual(0);
    });
    isOver = true;
    await hogging;
  });

  it("waits no longer than allowed, and leaves nothing behind", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const [a, b] = [open({ name: "a", storage }), open({ name: "b", storage })];
    const lock = await a.tryLock("nightly");
    let hasRun = false;
    const work = async () => {
      hasRun = true;
    };
    for (const timeoutMs of [0, 1, 30]) {
      await expect(b.withLock("nightly", { timeoutMs }, work)).rejects.toMatchObject({
        code: "LOCK_TIMED_OUT",
        lock: "nightly",
        timeoutMs,
        isRetryable: true,
      });
    }
    const abort = new AbortController();
    const waiting = b.withLock("nightly", { signal: abort.signal }, work);
    abort.abort(new Error("no longer wanted"));
    await expect(waiting).rejects.toThrow("no longer wanted");
    await expect(b.withLock("nightly", { signal: abort.signal }, work)).rejects.toThrow("no longer wanted");
    expect(hasRun).toBe(false);
    await lock?.release();
    await b.withLock("nightly", { timeoutMs: 0 }, work);
    expect(hasRun).toBe(true);
  });

  it("gives the lock back when the work fails, and passes its error on", async () => {
    await using stage = await openStage();
    const locks = open({ name: "a", storage: stage.storage });
    const failing = locks.withLock("nightly", {}, async () => {
      throw new Error("mine");
    });
    await expect(failing).rejects.toThrow("mine");
    expect(await locks.tryLock("nightly")).toBeDefined();
  });

  it("signals the work when it is no longer wanted, and still returns its result", async () => {
    await using stage = await openStage();
    const locks = open({ name: "a", storage: stage.storage });
    const abort = new AbortController();
    const result = locks.withLock("nightly", { signal: abort.signal }, async ({ signal }) => {
      abort.abort();
      return signal.aborted;
    });
    expect(await result).toBe(true);
  });

  it("waits for a storage that cannot be reached, and until what it may have taken is given back", async () => {
    await using stage = await openStage();
    const { storage: beneath } = stage.storage;
    let calls = 0;
    const breaks: readonly Break[] = ["before", "after", "before"];
    const takes = breaking(beneath, "tryLock", () => breaks[calls++]);
    let releases = 0;
    const gives = breaking(beneath, "releaseLock", () => breaks[releases++]);
    const locks = open({ name: "a", storage: withChanges(stage.storage, { ...takes, ...gives }) });
    await locks.withLock("nightly", {}, async () => {});
    expect([calls, releases]).toEqual([4, 4]);
    const other = open({ name: "b", storage: stage.storage });
    expect(await other.tryLock("nightly")).toBeDefined();
  });
});

describe("a lock", () => {
  it("is lost, by the holder's own clock, when the holder does not beat, and goes to another", async () => {
    await using stage = await openStage();
    let isFrozen = false;
    const thawed = Promise.withResolvers<void>();
    const { storage: beneath } = stage.storage;
    const beat: ProcessingStorage["beat"] = async (request) => {
      if (isFrozen) await thawed.promise;
      return beneath.beat(request);
    };
    const frozen = open({ name: "frozen", storage: withChanges(stage.storage, { beat }) });
    const heir = open({ name: "heir", storage: stage.storage });
    let token = 0;
    const lost = frozen.withLock("nightly", {}, async ({ signal, fencingToken }) => {
      isFrozen = true;
      token = fencingToken;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      expect(signal.reason).toMatchObject({ code: "LOCK_LOST", fencingToken });
      return "in vain";
    });
    const taken = heir.withLock("nightly", {}, async ({ fencingToken }) => {
      expect(fencingToken).toBeGreaterThan(token);
    });
    await expect(lost).rejects.toMatchObject({ code: "LOCK_LOST", lock: "nightly" });
    await taken;
    isFrozen = false;
    thawed.resolve();
    await frozen.withLock("nightly", {}, async () => {}); // under a new session
  });

  it("is free at once when its holder starts again, and the earlier holder of the same name does not go on", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const before = open({ name: "worker", storage, leaseMs: 3_600_000 });
    const lock = await before.tryLock("nightly");
    const again = open({ name: "worker", storage, leaseMs: 3_600_000 });
    expect(await again.tryLock("nightly")).toBeDefined();
    const abandoned = await again.tryLock("another");
    // The next beat of the one before tells it: here a lock that wants one.
    await expect(before.withLock("another", {}, async () => {})).rejects.toMatchObject({ code: "NODE_REPLACED" });
    expect(lock?.signal.reason).toMatchObject({ code: "LOCK_LOST", cause: { code: "NODE_REPLACED" } });
    await expect(before.tryLock("nightly")).rejects.toMatchObject({ code: "NODE_REPLACED" });
    await abandoned?.release();
  });

  it("whose manager has the name of a broker belongs to another node: neither takes the place of the other", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const [a, b] = [open({ name: "worker", storage }), open({ name: "locks/worker", storage })];
    const lock = await a.tryLock("nightly");
    await b.tryLock("weekly");
    await storage.storage.beginSession({ id: "018f0000-0000-7000-8000-000000000001", name: "worker", leaseMs: 100 });
    expect(await b.tryLock("nightly")).toBeUndefined();
    expect(lock?.signal.aborted).toBe(false);
  });
});

describe("LockManager.close", () => {
  it("signals work that holds locks and callers that wait, and frees everything", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const [a, b] = [open({ name: "a", storage }), open({ name: "b", storage })];
    const working = a.withLock("nightly", {}, async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return signal.reason;
    });
    const kept = await a.tryLock("kept");
    await waitFor(async () => (await b.tryLock("nightly")) === undefined);
    const waiting = a.withLock("nightly", {}, async () => {});
    const closing = a.close({ timeoutMs: 50 });
    await expect(waiting).rejects.toMatchObject({ code: "LOCK_MANAGER_CLOSED", node: "a" });
    expect(await working).toMatchObject({ code: "LOCK_MANAGER_CLOSED" });
    await closing;
    expect(kept?.signal.aborted).toBe(true);
    expect(await b.tryLock("nightly")).toBeDefined();
    expect(await b.tryLock("kept")).toBeDefined();
    await expect(a.tryLock("nightly")).rejects.toMatchObject({ code: "LOCK_MANAGER_CLOSED" });
    await a.close();
    expect((await storage.storage.status({ names: [] })).sessions.map(({ name }) => name)).toEqual(["locks/b"]);
  });

  it("may be called before anything else, and while the first lock is being taken", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    await open({ name: "never", storage }).close();
    const locks = open({ name: "a", storage });
    const taking = locks.tryLock("nightly");
    await Promise.all([locks.close(), expect(taking).rejects.toMatchObject({ code: "LOCK_MANAGER_CLOSED" })]);
    expect((await storage.storage.status({ names: [] })).sessions).toEqual([]);
  });

  it("happens by itself when the storage is closed", async () => {
    await using stage = await openStage();
    const locks = open({ name: "a", storage: stage.storage });
    const lock = await locks.tryLock("nightly");
    await stage.storage.close();
    await waitFor(() => lock?.signal.aborted === true);
    await expect(locks.tryLock("nightly")).rejects.toMatchObject({ code: "ADAPTER_CLOSED" });
  });
});
