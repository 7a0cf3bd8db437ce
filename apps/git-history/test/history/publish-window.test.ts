import { describe, expect, it } from "vitest";
import { PublishWindow } from "../../src/history/publish-window.ts";

/** A publish whose end the test decides. */
class HeldPublish {
  isStarted = false;
  readonly #deferred = Promise.withResolvers<void>();

  readonly publish = (): Promise<void> => {
    this.isStarted = true;
    return this.#deferred.promise;
  };

  succeed(): void {
    this.#deferred.resolve();
  }

  fail(error: Error): void {
    this.#deferred.reject(error);
  }
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("PublishWindow", () => {
  it("starts publishes to different streams together", async () => {
    const window = new PublishWindow({ maxPublishes: 3, maxStreams: 10 });
    const [a, b] = [new HeldPublish(), new HeldPublish()];
    await window.admit({ streams: ["a"], publish: a.publish });
    await window.admit({ streams: ["b"], publish: b.publish });
    expect([a.isStarted, b.isStarted]).toEqual([true, true]);
  });

  it("starts a publish only after those before it that share a stream", async () => {
    const window = new PublishWindow({ maxPublishes: 3, maxStreams: 10 });
    const [first, second] = [new HeldPublish(), new HeldPublish()];
    await window.admit({ streams: ["a", "b"], publish: first.publish });
    const admitted = window.admit({ streams: ["b", "c"], publish: second.publish });
    await settle();
    expect(second.isStarted).toBe(false);
    first.succeed();
    await admitted;
    expect(second.isStarted).toBe(true);
  });

  it("keeps no more in flight than it may", async () => {
    for (const options of [
      { maxPublishes: 1, maxStreams: 10 },
      { maxPublishes: 9, maxStreams: 3 },
    ]) {
      const window = new PublishWindow(options);
      const [first, second] = [new HeldPublish(), new HeldPublish()];
      await window.admit({ streams: ["a", "b"], publish: first.publish });
      const admitted = window.admit({ streams: ["c", "d"], publish: second.publish });
      await settle();
      expect(second.isStarted).toBe(false);
      first.succeed();
      await admitted;
    }
  });

  it("starts a publish of more streams than it may hold alone", async () => {
    const window = new PublishWindow({ maxPublishes: 2, maxStreams: 1 });
    const large = new HeldPublish();
    await window.admit({ streams: ["a", "b", "c"], publish: large.publish });
    expect(large.isStarted).toBe(true);
  });

  it("starts nothing after a failure, and reports the first one", async () => {
    const window = new PublishWindow({ maxPublishes: 3, maxStreams: 10 });
    const [first, second, third] = [new HeldPublish(), new HeldPublish(), new HeldPublish()];
    await window.admit({ streams: ["a"], publish: first.publish });
    await window.admit({ streams: ["b"], publish: second.publish });
    second.fail(new Error("first to fail"));
    await settle();
    first.fail(new Error("second to fail"));
    await expect(window.admit({ streams: ["a"], publish: third.publish })).rejects.toThrow("first to fail");
    await expect(window.drain()).rejects.toThrow("first to fail");
    expect(third.isStarted).toBe(false);
  });
});
