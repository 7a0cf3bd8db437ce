import { describe, expect, it } from "vitest";
import { visibleJson, visibleLines, visibleText } from "../../src/index.ts";

describe("visibleText", () => {
  it.each([
    ["a control character", "\u001b[31mred", "\\u{1b}[31mred"],
    ["one of the second block", "a\u009bb", "a\\u{9b}b"],
    ["a line break", "a\nb\r", "a\\u{a}b\\u{d}"],
    ["a line separator", "a\u2028b", "a\\u{2028}b"],
    ["a turn of direction", "a\u202eb\u2066", "a\\u{202e}b\\u{2066}"],
    ["characters without width", "a\u200b\u200d\ufeff\u00ad", "a\\u{200b}\\u{200d}\\u{feff}\\u{ad}"],
    ["a letter that is drawn as nothing", "\u3164\u2800", "\\u{3164}\\u{2800}"],
    ["a tag beyond the first plane", "a\u{e0041}", "a\\u{e0041}"],
    ["half a surrogate pair", "a\ud800", "a\\u{d800}"],
  ])("shows %s", (_, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it("leaves everything else as it is", () => {
    expect(visibleText("Zażółć 日本語 עברית 🙂 \\u{1b}")).toBe("Zażółć 日本語 עברית 🙂 \\u{1b}");
  });
});

describe("visibleLines", () => {
  it("keeps lines", () => {
    expect(visibleLines("a\nb\u0007")).toBe("a\nb\\u{7}");
  });
});

describe("visibleJson", () => {
  it("means the same", () => {
    const value = { name: "a\u202e\u{e0041}\u007f\u200b", inner: ["\u001b"] };
    for (const indent of [0, 2]) {
      const shown = visibleJson(JSON.stringify(value, null, indent));
      expect(JSON.parse(shown)).toEqual(value);
      expect(visibleLines(shown)).toBe(shown);
    }
  });
});
