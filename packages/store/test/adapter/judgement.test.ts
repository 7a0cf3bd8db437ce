import { describe, expect, it } from "vitest";
import {
  judgedByIds,
  type PreparedEvent,
  type StoredPlace,
  type StreamWrite,
  unmetWrites,
} from "../../src/adapter/index.ts";

function write(stream: string, ids: readonly string[], own: Partial<StreamWrite> = {}): StreamWrite {
  const events = ids.map(
    (id): PreparedEvent => ({
      ...{ id, name: "noted", payload: "1", metadata: null, version: 1 },
      ...{ observedAtMs: 0, occurredAtMs: 0, tags: [] },
    }),
  );
  return { category: "c", stream, events, allowed: undefined, ...own };
}

const PLACES = new Map<string, StoredPlace>(
  ["a0", "a1", "b0"].map((id) => [id, { category: "c", stream: id.charAt(0), position: Number(id.charAt(1)) }]),
);
const placeOf = (id: string) => PLACES.get(id);

describe("the judgement by ids", () => {
  it("finds nothing to say of a publish of new ids, for which each is looked up once", () => {
    const asked: string[] = [];
    const judgement = judgedByIds([write("a", ["x", "y"]), write("b", []), write("c", ["z"])], (id) => {
      asked.push(id);
      return undefined;
    });
    expect([judgement, asked]).toEqual([undefined, ["x", "y", "z"]]);
    expect(judgedByIds([write("a", [])], placeOf)).toBeUndefined();
  });

  it("takes for a repeat what is stored as a whole, each write in its stream and in order", () => {
    const writes = [write("b", ["b0"]), write("d", []), write("a", ["a0", "a1"])];
    expect(judgedByIds(writes, placeOf)).toEqual({
      kind: "repeat",
      stored: [[PLACES.get("b0")], [], [PLACES.get("a0"), PLACES.get("a1")]],
    });
  });

  it.each([
    ["some are new", [write("a", ["x", "a1"])], ["a1"]],
    ["they are in another stream", [write("b", ["a0", "a1"])], ["a0", "a1"]],
    ["they are in another category", [write("a", ["a0"], { category: "d" })], ["a0"]],
    ["they are in another order", [write("a", ["a1", "a0"])], ["a1", "a0"]],
    ["a second write is not a repeat", [write("a", ["a0"]), write("b", ["y", "b0"])], ["a0", "b0"]],
  ])("takes for duplicates those that are stored, in the order of the request, when %s", (_, writes, ids) => {
    expect(judgedByIds(writes, placeOf)).toEqual({ kind: "duplicate", ids });
  });
});

describe("unmet writes", () => {
  it("are all those whose stream is not at an allowed position, in order, with the position that it is at", () => {
    const mustBeEmpty = { allowed: { positions: [-1], complement: false } };
    const writes = [write("a", ["x"], mustBeEmpty), write("b", ["y"]), write("new", [], mustBeEmpty), write("c", [])];
    const latest = [4, 5, undefined, undefined];
    expect(unmetWrites(writes, (_, index) => latest[index])).toEqual([{ write: 0, latestPosition: 4 }]);
    expect(unmetWrites(writes, ({ stream }) => (stream === "new" ? 0 : undefined))).toEqual([
      { write: 2, latestPosition: 0 },
    ]);
    expect(unmetWrites(writes, () => undefined)).toEqual([]);
  });
});
