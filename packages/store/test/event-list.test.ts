import { describe, expect, it } from "vitest";
import { eventList, eventsMatch, nameIn, positionAfter, type StoredEvent, sequenceNumberAfter } from "../src/index.ts";

const events = Array.from(
  { length: 6 },
  (_, index): StoredEvent => ({
    id: `00000000-0000-7000-8000-00000000000${index}`,
    name: index % 2 === 0 ? "even" : "odd",
    payload: index,
    metadata: null,
    version: 1,
    observedAt: new Date(index),
    occurredAt: new Date(index),
    tags: index < 3 ? ["first-half"] : [],
    category: "numbers",
    stream: "all",
    position: index,
    sequenceNumber: index * 10 + 1,
  }),
);

describe("eventList", () => {
  it("scans as a stored source does", async () => {
    const list = eventList(events, { kind: "stream", category: "numbers", stream: "all" });
    const read = await list.read({
      constraints: [sequenceNumberAfter(11), nameIn("odd")],
      direction: "backwards",
      limit: 1,
    });
    expect(read).toEqual([events[5]]);
    const queried = await list.read({ constraints: [eventsMatch({ names: ["even"], tags: ["first-half"] })] });
    expect(queried).toEqual([events[0], events[2]]);
    expect(await list.latest()).toEqual(events[5]);
    const iterated: StoredEvent[] = [];
    for await (const event of list) iterated.push(event);
    expect(iterated).toEqual(events);
  });

  it("has one page of what a scan yields, or none", async () => {
    const list = eventList(events);
    const pages: unknown[] = [];
    for await (const page of list.pages({ constraints: [nameIn("odd")], direction: "backwards" })) pages.push(page);
    expect(pages).toEqual([[events[5], events[3], events[1]]]);
    expect(await list.pages({ constraints: [nameIn("neither")] }).next()).toMatchObject({ done: true });
    await expect(list.pages({ limit: 0 }).next()).rejects.toThrow(RangeError);
  });

  it("fails at the first step for bad options", async () => {
    const scan = eventList(events).scan({ constraints: [positionAfter(1) as never] });
    await expect(scan.next()).rejects.toThrow(TypeError);
  });
});
