import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, newEventId } from "@eventfold/store";
import type { PreparedEvent, StreamWrite } from "@eventfold/store/adapter";
import { afterAll, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

// The port is what the store has checked: whoever goes past the store, or past the client, meets the functions.
const { connectionString } = await testServer();
const adapter = await PostgresEventStorageAdapter.open({ connectionString });
const store = new EventStore({ adapter });
afterAll(() => adapter.close());

interface Sent extends Partial<PreparedEvent> {
  readonly category?: string;
  readonly stream?: string;
}

let streams = 0;

function write(
  { category = "c", stream = `s${++streams}`, ...event }: Sent,
  { events = 1, isFirst = false } = {},
): StreamWrite {
  const all = Array.from({ length: events }, () => ({
    ...{ id: newEventId(), name: "n", payload: "1", metadata: null, version: 1, observedAtMs: 0, occurredAtMs: 0 },
    tags: [],
    ...event,
  }));
  return { category, stream, events: all, allowed: isFirst ? { positions: [-1], complement: false } : undefined };
}

const FAULTS: readonly (readonly [string, Sent])[] = [
  ["an empty category", { category: "" }],
  ["an empty stream", { stream: "" }],
  ["an empty name", { name: "" }],
  ["a category that is too long", { category: "é".repeat(129) }],
  ["a stream that is too long", { stream: "x".repeat(513) }],
  ["a name that is too long", { name: "x".repeat(256) }],
  ["a control character in the category", { category: "a\u001fb" }],
  ["a control character in the stream", { stream: "a\u007f" }],
  ["a control character in the name", { name: "\u0085" }],
  ["version 0", { version: 0 }],
  ["a time before the year 1", { observedAtMs: Date.UTC(0, 0, 1) - 2_000 * 366 * 86_400_000 }],
  ["a time after the year 9999", { occurredAtMs: Date.UTC(9999, 11, 31) + 86_400_000 }],
];

const WAYS: readonly (readonly [string, (sent: Sent) => Promise<unknown>])[] = [
  ["alone, for an empty stream", (sent) => adapter.storage.save({ writes: [write(sent, { isFirst: true })] })],
  ["alone", (sent) => adapter.storage.save({ writes: [write(sent)] })],
  ["with another of its stream", (sent) => adapter.storage.save({ writes: [write(sent, { events: 2 })] })],
  ["with a write to another stream", (sent) => adapter.storage.save({ writes: [write({}), write(sent)] })],
];

describe.each(FAULTS)("%s", (_, sent) => {
  it.each(WAYS)("is refused %s", async (__, save) => {
    const before = (await store.log().read()).length;
    await expect(save(sent)).rejects.toMatchObject({ code: "STORAGE_FAILED", cause: { code: "22023" } });
    expect(await store.log().read()).toHaveLength(before);
  });

  it("is refused among others, which are stored", async () => {
    const all = [{}, {}, sent, {}, {}, {}].map((each) => adapter.storage.save({ writes: [write(each)] }));
    const kinds = (await Promise.allSettled(all)).map(({ status }) => status);
    expect(kinds).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
  });
});

describe("names and times at their limits", () => {
  it.each(WAYS)("are stored %s", async (_, save) => {
    await save({
      ...{
        category: "𝄞".repeat(128),
        stream: `${"𝄞".repeat(500)}${++streams}`,
        name: "é".repeat(255),
        version: 2 ** 31 - 1,
      },
      ...{
        observedAtMs: Date.UTC(9999, 11, 31, 23, 59, 59, 999),
        occurredAtMs: new Date("0001-01-01T00:00:00Z").getTime(),
      },
    });
  });
});

describe("places in a stream", () => {
  it.each([
    ["that skip one", ["s", "s"], [1, 3]],
    ["that do not begin at 1", ["s"], [2]],
    ["below 1", ["s"], [0]],
    ["that are null", ["s", "s"], [1, null]],
    ["of two streams that count as one", ["s", "t"], [1, 2]],
  ])("%s are refused", async (_, names, places) => {
    const stream = (name: string) => `${name}-${_}`;
    await store.stream({ category: "places", stream: stream("s") }).publish({ events: numbered(3) });
    const sent = queryRows(
      connectionString,
      `select positions from eventfold.events_append_singles(array_fill('places'::text, array[$1::integer]), $2, $3,
         array_fill(-2, array[$1]), (select array_agg(gen_random_uuid()) from generate_series(1, $1)), array_fill('n'::text, array[$1]),
         array_fill(1, array[$1]), array_fill(now(), array[$1]), array_fill(now(), array[$1]), array_fill('1'::text, array[$1]),
         array_fill(null::text, array[$1]), 1000, false)`,
      [names.length, names.map(stream), places],
    );
    await expect(sent).rejects.toMatchObject({ code: "22023" });
    expect(await store.stream({ category: "places", stream: stream("s") }).read()).toHaveLength(3);
  });
});
