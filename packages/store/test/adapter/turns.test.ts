import { describe, expect, it } from "vitest";
import { Deadline, Turns } from "../../src/adapter/index.ts";

describe("turns", () => {
  it("come in the order of arrival, one at a time, the first at once", async () => {
    const turns = new Turns();
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await new Promise(setImmediate);
      steps.push(`${name} ends`);
      return name;
    };
    const taken = ["a", "b", "c"].map((name) => turns.take(work(name)));
    expect([steps, turns.isFree]).toEqual([["a begins"], false]);
    expect(await Promise.all(taken)).toEqual(["a", "b", "c"]);
    expect(steps).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    expect(turns.isFree).toBe(true);
  });

  it("are passed on by those who fail, and by those who left for want of time", async () => {
    const turns = new Turns({ timeoutMs: 1 });
    const mayEnd = Promise.withResolvers<void>();
    const first = turns.take(() => mayEnd.promise);
    const late = turns.take(async () => "late");
    await expect(late).rejects.toMatchObject({
      code: "STORAGE_BUSY",
      message: "The turn to write did not come within 1 ms. Nothing was stored.",
    });
    mayEnd.reject(new Error("mine"));
    await expect(first).rejects.toThrow("mine");
    expect(turns.isFree).toBe(true);
    expect(await turns.take(() => "next")).toBe("next");
  });
});

describe("a deadline", () => {
  it("is over when its time is, with nothing left", () => {
    const [over, far] = [Deadline.after(0), Deadline.after(1_000_000)];
    expect([over.isOver, over.leftMs]).toEqual([true, 0]);
    expect(far.isOver).toBe(false);
    expect(far.leftMs).toBeGreaterThan(900_000);
  });
});
