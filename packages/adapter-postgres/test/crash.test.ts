import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { testServer } from "./test-server.ts";

const server = await testServer({ dedicated: true });
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
let adapter: PostgresEventStorageAdapter;
let store: EventStore;

beforeEach(async () => {
  adapter = await PostgresEventStorageAdapter.open({ connectionString: await server.createDatabase() });
  store = new EventStore({ adapter });
});
afterEach(() => adapter.close());

async function publishUntil(isOver: () => boolean, stream: string): Promise<string[]> {
  const acknowledged: string[] = [];
  while (!isOver()) {
    const events = await store
      .stream({ category: "load", stream })
      .publish({ events: numbered(1, acknowledged.length) });
    for (const event of events) acknowledged.push(event.id);
  }
  return acknowledged;
}

describe.each(["SIGKILL", "SIGQUIT", "SIGINT"] as const)("a server that ends by %s under load", (signal) => {
  it("keeps what it acknowledged, and publishers and followers go on when it is back", async () => {
    let isOver = false;
    const ending = new AbortController();
    const followed: string[] = [];
    const following = (async () => {
      for await (const event of store.log().follow({ signal: ending.signal })) followed.push(event.id);
    })().catch(() => {});
    const publishers = Array.from({ length: 12 }, (_, n) => publishUntil(() => isOver, `stream-${n}`));
    for (let round = 0; round < (isSoak ? 20 : 2); round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.process?.kill(signal);
      await server.process?.start();
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    isOver = true;
    const acknowledged = await Promise.all(publishers);
    const stored = await store.log().read();
    expect(stored.map(({ id }) => id).sort()).toEqual(acknowledged.flat().sort());
    for (const [n, ids] of acknowledged.entries()) {
      const events = await store.stream({ category: "load", stream: `stream-${n}` }).read();
      expect(events.map(({ id, position }) => [id, position])).toEqual(ids.map((id, position) => [id, position]));
    }
    while (followed.length < stored.length) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(followed).toEqual(stored.map(({ id }) => id));
    ending.abort();
    await following;
  });
});
