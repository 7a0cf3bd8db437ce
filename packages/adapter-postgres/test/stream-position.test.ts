import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, type StoredEvent, sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testServer } from "./test-server.ts";

const { connectionString } = await testServer();
let adapter: PostgresEventStorageAdapter;
let client: Client;

beforeAll(async () => {
  adapter = await PostgresEventStorageAdapter.open({ connectionString });
  client = new Client({ connectionString });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await adapter.close();
});

/** Streams of 0, 1, 7 and 2,500 events, all mixed up. */
async function mixedStreams(store: EventStore): Promise<readonly StoredEvent[]> {
  for (let turn = 0; turn < 25; turn++) {
    const events = Array.from({ length: 100 }, (_, n) => ({ name: "read", payload: { turn, n } }));
    await store.stream({ category: "meters", stream: "long" }).publish({ events });
    if (turn % 4 === 0)
      await store.stream({ category: "meters", stream: "short" }).publish({ events: events.slice(0, 1) });
    if (turn === 9)
      await store.stream({ category: "meters", stream: "single" }).publish({ events: events.slice(0, 1) });
  }
  return store.log().read();
}

describe("a stream between sequence numbers", () => {
  it("is what a pass over the whole log gives", async () => {
    const store = new EventStore({ adapter });
    const all = await mixedStreams(store);
    const last = all.at(-1)?.sequenceNumber ?? 0;
    const places = [0, 1, 2, 100, 101, 102, 103, 1_000, 1_015, last - 101, last - 1, last, last + 1, last + 1_000];
    for (const stream of ["long", "short", "single", "none"]) {
      for (const after of places) {
        for (const before of [undefined, after + 2, last - 100, last, last + 1].filter(
          (n) => n === undefined || n >= 1,
        )) {
          const within = all.filter(
            (event) =>
              event.stream === stream &&
              event.sequenceNumber > after &&
              event.sequenceNumber < (before ?? Number.POSITIVE_INFINITY),
          );
          const constraints = [
            sequenceNumberAfter(after),
            ...(before === undefined ? [] : [sequenceNumberBefore(before)]),
          ];
          const source = store.stream({ category: "meters", stream });
          expect(await source.read({ constraints })).toEqual(within);
          expect(await source.read({ constraints, direction: "backwards", limit: 5 })).toEqual(
            within.toReversed().slice(0, 5),
          );
        }
      }
    }
  });

  it("is found in a few descents of the index, however long the stream is", async () => {
    const call = "select eventfold.events_stream_position('meters', 'long', 2000)";
    await client.query(call); // The first one reads the catalogue.
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${call}`);
    const plan = rows[0]["QUERY PLAN"][0].Plan;
    // 2,500 events lie on some 150 pages of the table; a descent takes three of the index and one of the table.
    expect(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]).toBeLessThan(100);
  });
});
