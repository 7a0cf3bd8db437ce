import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineEvents, event } from "../src/index.ts";
import { stored } from "./round-trip.ts";

const amount = z.object({ amount: z.number() });

describe("upcasting", () => {
  const definedWith = (first: (old: unknown) => unknown, second: (old: unknown) => unknown) =>
    defineEvents({
      m: event({ schema: amount })
        .from<object>()
        .upcastTo(first as never)
        .upcast(second as never),
    });

  it("runs the links from the stored version on", async () => {
    const calls: unknown[] = [];
    const events = definedWith(
      (old) => {
        calls.push(["1 to 2", old]);
        return { two: old };
      },
      (old) => {
        calls.push(["2 to 3", old]);
        return { amount: 3 };
      },
    );
    const read = await events.read([stored("m", 1), stored("m", 2, 2), stored("m", { amount: 5 }, 3)]);
    expect(read.map(({ version, payload }) => [version, payload])).toEqual([
      [3, { amount: 3 }],
      [3, { amount: 3 }],
      [3, { amount: 5 }],
    ]);
    expect(calls).toEqual([
      ["1 to 2", 1],
      ["2 to 3", { two: 1 }],
      ["2 to 3", 2],
    ]);
  });

  it("gives an event of today's version as it is", async () => {
    const events = defineEvents({ m: event({ schema: amount }) });
    const today = stored("m", { amount: 5, more: "than is defined now" });
    expect((await events.read([today]))[0]).toBe(today);
  });

  type Link = (old: unknown) => unknown;
  const fine: Link = () => ({});
  const fail = (message: string): never => {
    throw new Error(message);
  };
  const failures: Readonly<
    Record<string, { readonly links: readonly [Link, Link]; readonly from: number; readonly message: string }>
  > = {
    throws: {
      links: [() => fail("no rate"), fine],
      from: 1,
      message: "its upcaster from version 1 to 2 threw: no rate",
    },
    "is given what it does not expect": {
      links: [fine, (old) => ({ amount: (old as { euros: { cents: number } }).euros.cents })],
      from: 2,
      message: "its upcaster from version 2 to 3 threw: Cannot read properties of undefined",
    },
    "returns nothing": { links: [() => undefined, fine], from: 1, message: "returned undefined" },
    "is asynchronous": {
      links: [fine, async () => fail("late")],
      from: 2,
      message: "returned a promise; upcasters are synchronous",
    },
  };
  it.each(Object.entries(failures))("names the link that %s", async (_, { links, from, message }) => {
    const events = definedWith(...links);
    const link = { from, to: from + 1 };
    await expect(events.read([stored("m", {})])).rejects.toMatchObject({
      name: "UpcastingFailedError",
      code: "UPCASTING_FAILED",
      eventName: "m",
      eventVersion: 1,
      link,
      event: {
        id: "0190163d-8694-739b-aea5-966c26f8ad91",
        category: "accounts",
        stream: "acc-1",
        position: 3,
        sequenceNumber: 7,
      },
      message: expect.stringContaining(message),
      isRetryable: false,
    });
  });

  it("refuses a version that is newer than defined, with what it knows", async () => {
    const events = definedWith(
      (old) => old,
      (old) => old,
    );
    await expect(events.read([stored("m", {}, 4)])).rejects.toMatchObject({
      name: "UnknownEventVersionError",
      code: "UNKNOWN_EVENT_VERSION",
      eventVersion: 4,
      newestVersion: 3,
      isUnreadableEvent: true,
    });
  });

  const readers: readonly (readonly [string, () => unknown, string])[] = [
    [
      "throws",
      () => {
        throw new Error("broken");
      },
      "what reads this old name threw: broken",
    ],
    ["returns no array", () => ({ name: "m", payload: {} }), "returned no array of events"],
    ["returns undefined", () => undefined, "returned no array of events"],
    ["is asynchronous", async () => fail("late"), "returned a promise; it has to be synchronous"],
    [
      "returns an event whose payload is a promise",
      () => [{ name: "m", payload: Promise.reject(new Error("late")) }],
      'returned "m" with a promise as its payload',
    ],
    [
      "returns an event that is not defined",
      () => [{ name: "n", payload: {} }],
      'returned the event "n", which is not defined',
    ],
    ["returns null for an event", () => [null], "returned the event undefined, which is not defined"],
    ["returns an event without a payload", () => [{ name: "m" }], 'returned "m" without a payload'],
  ];
  it.each(readers)("names the old event whose reader %s", async (_, reader, message) => {
    const events = defineEvents({ m: event({ schema: amount }) }).reading({ old: reader } as never);
    await expect(events.read([stored("old", {}, 2)])).rejects.toMatchObject({
      code: "UPCASTING_FAILED",
      eventName: "old",
      link: { from: 2, to: undefined },
      message: expect.stringContaining(message),
    });
  });

  it("reads what comes before an event that cannot be read", async () => {
    const events = definedWith(
      (old) => old,
      (old) => old,
    );
    const page = [stored("m", 1, 3), stored("m", 2, 3), stored("m", 3, 9), stored("m", 4, 3)];
    const decoded = await events.decode(page, "fail");
    expect(decoded.events).toEqual(page.slice(0, 2));
    expect(decoded.failure).toMatchObject({ event: page[2], error: { code: "UNKNOWN_EVENT_VERSION" } });
  });
});
