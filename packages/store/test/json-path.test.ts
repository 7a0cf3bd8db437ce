import { describe, expect, it } from "vitest";
import { printPath } from "../src/value-path.ts";

describe("printPath", () => {
  it.each([
    [["events", 2, "payload", "price"], "events[2].payload.price"],
    [[0, "events", 1], "[0].events[1]"],
    [["payload", "two words", "0", ""], 'payload["two words"]["0"][""]'],
    [["payload", "x".repeat(64)], `payload.${"x".repeat(64)}`],
    [["payload", "-".repeat(64)], `payload["${"-".repeat(64)}"]`],
    [["payload", "-".repeat(65)], `payload["${"-".repeat(64)}…"]`],
    [Array.from({ length: 16 }, (_, n) => `m${n}`), "m0.m1.m2.m3.m4.m5.m6.m7.m8.m9.m10.m11.m12.m13.m14.m15"],
    [Array.from({ length: 40 }, (_, n) => `m${n}`), "m0.m1.m2.m3.m4.m5.m6.m7….m32.m33.m34.m35.m36.m37.m38.m39"],
  ])("prints %j", (path, text) => {
    expect(printPath(path)).toBe(text);
  });
});
