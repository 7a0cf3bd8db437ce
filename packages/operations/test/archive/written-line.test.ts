import type { EventText } from "@eventfold/store/adapter";
import { describe, expect, it } from "vitest";
import { parseEventLine, printEventLine } from "../../src/archive/event-line.ts";
import { readWrittenLine } from "../../src/archive/written-line.ts";

const event: EventText = {
  id: "01935a5c-4d3c-7c3c-8a3c-1f2e3d4c5b6a",
  name: "order-placed",
  category: "orders",
  stream: 'order "1"',
  position: 0,
  sequenceNumber: 41,
  version: 2,
  observedAtMs: 1_700_000_000_123,
  occurredAtMs: -62_135_596_800_000,
  tags: ["a:1", 'b"'],
  payload: '{"metadata":[{"version":1}],"n":1.5}',
  metadata: '{"by":"ä"}',
};
const events: readonly EventText[] = [
  event,
  { ...event, metadata: null, tags: [], observedAtMs: event.occurredAtMs },
  { ...event, payload: "null", position: 2 ** 31 - 1, sequenceNumber: 2 ** 49, occurredAtMs: 253_402_300_799_999 },
];

describe("readWrittenLine", () => {
  it.each(events)("reads what is printed: %j", (printed) => {
    expect(readWrittenLine(printEventLine(printed))).toEqual(printed);
    expect(parseEventLine(printEventLine(printed))).toEqual(printed);
  });

  it("gives nothing for a line that would be printed differently, whichever of its characters was changed", () => {
    let certain = 0;
    for (const line of events.map(printEventLine)) {
      for (let at = 0; at < line.length; at++) {
        const [before, behind] = [line.slice(0, at), line.slice(at + 1)];
        for (const other of ["", ...'{}[]",:\\0.1e-TZ'].flatMap((text) => [text, `${text}${line[at]}`])) {
          const changed = `${before}${other}${behind}`;
          const read = readWrittenLine(changed);
          if (read === undefined) continue;
          certain += 1;
          if (printEventLine(read) !== changed) expect(printEventLine(read)).toBe(changed);
        }
      }
    }
    expect(certain).toBeGreaterThan(1_000);
  });

  it.each([
    ['"version":2', '"version":[]'],
    ['"version":2', '"version":true'],
    ['"position":0', '"position":-0'],
    ['"tags":["a:1"', '"tags":[1'],
    ['"tags":["a:1"', '"tags":["a:1",{}'],
    ['"id":"', '"id":5,"id":"'],
    ["T22:13:20.123Z", "T24:13:20.123Z"],
    ["T22:13:20.123Z", "T22:13:60.123Z"],
    ["T22:13:20.123Z", "T22:13:20.123+"],
  ])("gives nothing for a line with %s as %s", (sought, replacement) => {
    const line = printEventLine(event);
    expect(line).toContain(sought);
    expect(readWrittenLine(line.replace(sought, replacement))).toBeUndefined();
  });
});
