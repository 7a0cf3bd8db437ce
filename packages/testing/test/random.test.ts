import {
  chosenSeed,
  generatedEvent,
  generatedId,
  generatedJson,
  generatedName,
  generatedSourceIdentifier,
  generatedTime,
  type Random,
  seededRandom,
} from "@eventfold/testing";
import { checkedName, eventTimeMs, parseJson, parseSourceIdentifier, printSourceIdentifier } from "@eventfold/types";
import { afterEach, describe, expect, it, vi } from "vitest";

const many = <T>(make: (random: Random) => T): T[] => {
  const random = seededRandom(7);
  return Array.from({ length: 500 }, () => make(random));
};

describe("seededRandom", () => {
  it("makes the same choices from the same seed, and others from another", () => {
    const choices = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => random.integer(0, 1_000_000));
    };
    expect(choices(1)).toStrictEqual(choices(1));
    expect(choices(1)).not.toStrictEqual(choices(2));
    expect(choices(42).slice(0, 3)).toMatchInlineSnapshot(`
      [
        601104,
        852466,
        174814,
      ]
    `);
  });

  it("draws integers from both ends of a range, and all between", () => {
    expect([...new Set(many((random) => random.integer(-2, 2)))].sort((a, b) => a - b)).toStrictEqual([
      -2, -1, 0, 1, 2,
    ]);
  });

  it("shuffles without losing or changing the list", () => {
    const list = [1, 2, 3, 4, 5];
    const shuffled = many((random) => random.shuffle(list));
    for (const each of shuffled) expect(each.toSorted()).toStrictEqual(list);
    expect(new Set(shuffled.map(String)).size).toBeGreaterThan(50);
  });

  it("refuses to pick from nothing", () => {
    expect(() => seededRandom(1).pick([])).toThrow(RangeError);
  });
});

describe("chosenSeed", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("is the one given, else the environment's, else a fresh one", () => {
    vi.stubEnv("EVENTFOLD_SEED", "12");
    expect([chosenSeed(5), chosenSeed()]).toStrictEqual([5, 12]);
    vi.stubEnv("EVENTFOLD_SEED", "");
    expect(new Set(Array.from({ length: 10 }, () => chosenSeed())).size).toBeGreaterThan(1);
  });

  it("refuses what is not a seed", () => {
    expect(() => chosenSeed(-1)).toThrow(RangeError);
    vi.stubEnv("EVENTFOLD_SEED", "twelve");
    expect(() => chosenSeed()).toThrow(RangeError);
  });
});

describe("generated values", () => {
  it("are names that the rules allow", () => {
    for (const kind of ["category", "stream", "event"] as const) {
      for (const name of many((random) => generatedName(random, kind))) expect(checkedName(kind, name)).toBe(name);
    }
  });

  it("are identifiers with a canonical form", () => {
    for (const identifier of many(generatedSourceIdentifier)) {
      expect(parseSourceIdentifier(printSourceIdentifier(identifier))).toStrictEqual(identifier);
    }
  });

  it("are times that an event may carry, to the millisecond", () => {
    const times = many(generatedTime);
    for (const time of times) expect(eventTimeMs(time)).toBe(time.getTime());
    expect(new Set(times.map((time) => time.getTime() % 10)).size).toBeGreaterThan(5);
  });

  it("are JSON that comes back unchanged", () => {
    for (const value of many((random) => generatedJson(random, 4)))
      expect(parseJson(JSON.stringify(value))).toStrictEqual(value);
  });

  it("are ids that differ, and events with every member", () => {
    const ids = many(generatedId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const event of many(generatedEvent)) {
      expect(Object.keys(event)).toStrictEqual([
        "name",
        "payload",
        "metadata",
        "id",
        "version",
        "observedAt",
        "occurredAt",
        "tags",
      ]);
      for (const tag of event.tags ?? []) checkedName("tag", tag);
    }
  });
});
