import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { ProjectionStore } from "@eventfold/projections";
import { EventStore, type OrderingGuarantee, taggedWith } from "@eventfold/store";
import { afterAll, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { StreamingStandby } from "./streaming-standby.ts";
import { testServer } from "./test-server.ts";

const primary = await testServer({ dedicated: true });
const standby = await StreamingStandby.of(primary);
afterAll(() => standby.stop());

const onStandby = {
  connectionString: standby.connectionString,
  migrations: "check",
  notifications: false,
  pollIntervalMs: 20,
} as const;

/** A log on the primary with two streams, and the same on the standby. */
async function openBoth(orderingGuarantee: OrderingGuarantee) {
  const schema = `standby_${orderingGuarantee}`;
  const options = { schema, orderingGuarantee };
  const writer = await PostgresEventStorageAdapter.open({ connectionString: primary.connectionString, ...options });
  const store = new EventStore({ adapter: writer });
  for (const stream of ["s", "t"]) {
    const events = numbered(3).map((event, n) => ({ ...event, tags: n === 1 ? ["middle", "any"] : ["any"] }));
    await store.stream({ category: "c", stream }).publish({ events });
  }
  await standby.catchUp();
  const reader = await PostgresEventStorageAdapter.open({ ...onStandby, ...options });
  return {
    ...{ store, reader, copy: new EventStore({ adapter: reader }) },
    async [Symbol.asyncDispose]() {
      await Promise.all([writer.close(), reader.close()]);
    },
  };
}

const READ_ONLY = { code: "STORAGE_READ_ONLY", isRetryable: false };

describe.each<OrderingGuarantee>(["log", "category", "stream"])('a standby under "%s"', (orderingGuarantee) => {
  it("shows streams, refuses to write, and refuses what is wider than the guarantee", async () => {
    await using both = await openBoth(orderingGuarantee);
    const { store, copy } = both;
    const stream = copy.stream({ category: "c", stream: "s" });
    expect(await stream.read()).toEqual(await store.stream({ category: "c", stream: "s" }).read());
    expect(await stream.latest()).toMatchObject({ position: 2 });
    await expect(stream.publish({ events: numbered(1) })).rejects.toMatchObject(READ_ONLY);
    for (const [kind, source] of [
      ["category", copy.category("c")],
      ["log", copy.log()],
    ] as const) {
      const isWider = orderingGuarantee === "stream" || (orderingGuarantee === "category" && kind === "log");
      for (const read of [() => source.read(), () => source.latest(), () => source.read({ direction: "backwards" })]) {
        if (isWider) await expect(read()).rejects.toMatchObject(READ_ONLY);
        else expect(await read()).toBeDefined();
      }
    }
    expect(await store.log().read()).toHaveLength(6);
  });

  it("gives a horizon and the new events of the sources that it can show, and says so when a wider source is read", async () => {
    await using both = await openBoth(orderingGuarantee);
    const { reader, copy } = both;
    const stream = { kind: "stream", category: "c", stream: "s" } as const;
    expect(await reader.storage.horizon(stream)).toBe((await copy.stream(stream).latest())?.sequenceNumber);
    const news = await reader.newsOf([
      { source: stream, after: 0 },
      { source: { kind: "log" }, after: 0 },
      { source: stream, after: 1_000 },
    ]);
    expect(news.map(({ isReadable }) => isReadable)).toEqual([true, true, false]);
    const horizon = reader.storage.horizon({ kind: "log" });
    if (orderingGuarantee === "log") expect(await horizon).toBe((await copy.log().latest())?.sequenceNumber);
    else await expect(horizon).rejects.toMatchObject(READ_ONLY);
  });
});

describe.each<OrderingGuarantee>(["log", "category", "stream"])(
  'queries on a standby under "%s"',
  (orderingGuarantee) => {
    it("find the events of a source that can be shown; boundaries are those of the log, and nothing is published on them", async () => {
      await using both = await openBoth(orderingGuarantee);
      const { copy, store } = both;
      const constraints = [taggedWith("middle", "any")];
      const stream = copy.stream({ category: "c", stream: "t" });
      const [found, ...more] = await stream.read({ constraints });
      expect(found).toMatchObject({ position: 1, tags: ["middle", "any"] });
      expect([found, ...more]).toEqual(await store.stream(stream.identifier).read({ constraints }));
      for (const read of [() => copy.log().read({ constraints }), () => copy.boundary(taggedWith("middle"))]) {
        if (orderingGuarantee === "log") await read();
        else await expect(read()).rejects.toMatchObject(READ_ONLY);
      }
      if (orderingGuarantee === "log") {
        const { events, changed } = await copy.boundary(taggedWith("middle"));
        expect(events).toEqual(await store.log().read({ constraints: [taggedWith("middle")] }));
        expect(changed.after).toBe((await store.log().latest())?.sequenceNumber);
      }
      const event = { name: "n", payload: 1, tags: ["middle"] };
      for (const events of [[event], [event, event]]) {
        for (const failIf of [undefined, taggedWith("none"), taggedWith("middle")]) {
          await expect(stream.publish({ events, failIf })).rejects.toMatchObject(READ_ONLY);
        }
      }
    });
  },
);

describe("a standby", () => {
  it('shows beginnings of the log under "log" while others publish, and followers all of it', {
    timeout: 60_000,
  }, async () => {
    await using both = await openBoth("log");
    const { store, copy } = both;
    let isDone = false;
    const publishing = (async () => {
      for (let n = 0; n < 300; n += 1) {
        await Promise.all(
          ["s", "t", "u"].map((stream) =>
            store.stream({ category: `c${n % 2}`, stream }).publish({ events: numbered(2) }),
          ),
        );
      }
      isDone = true;
    })();
    const seen: number[][] = [];
    while (!isDone) seen.push((await copy.log().read()).map(({ sequenceNumber }) => sequenceNumber));
    await publishing;
    const all = (await store.log().read()).map(({ sequenceNumber }) => sequenceNumber);
    for (const beginning of seen) expect(beginning).toEqual(all.slice(0, beginning.length));
    expect(new Set(seen.map(({ length }) => length)).size).toBeGreaterThan(2);
    const followed: number[] = [];
    for await (const { sequenceNumber } of copy.log().follow()) {
      followed.push(sequenceNumber);
      if (followed.length === all.length) break;
    }
    expect(followed).toEqual(all);
  });

  it("is not opened as if it could be written to", async () => {
    const connectionString = standby.connectionString;
    await expect(PostgresEventStorageAdapter.open({ connectionString, schema: "new" })).rejects.toMatchObject(
      READ_ONLY,
    );
    await using _ = await openBoth("log");
    const open = PostgresEventStorageAdapter.open({ ...onStandby, schema: "standby_log", notifications: true });
    await expect(open).rejects.toMatchObject(READ_ONLY);
  });

  it("answers searches of projections, and refuses to save them", async () => {
    const connectionString = primary.connectionString;
    const projection = {
      ...{ id: "1", name: "account", source: { kind: "log" } as const, state: { balance: 5 }, metadata: null },
      ...{ lastSequenceNumber: 1, projectorVersion: 1 },
    };
    await using writer = await PostgresProjectionStorageAdapter.open({ connectionString });
    await new ProjectionStore({ adapter: writer }).save(projection);
    await standby.catchUp();
    await using reader = await PostgresProjectionStorageAdapter.open({
      ...{ connectionString: standby.connectionString, migrations: "check" as const },
    });
    const copy = new ProjectionStore({ adapter: reader });
    expect((await copy.search({}, { name: "account" })).items).toMatchObject([projection]);
    await expect(copy.save(projection)).rejects.toMatchObject(READ_ONLY);
  });

  it("goes on with higher numbers when it is promoted", async () => {
    await using both = await openBoth("log");
    const all = await both.store.log().read();
    await standby.catchUp();
    await standby.promote();
    await using adapter = await PostgresEventStorageAdapter.open({
      ...{ connectionString: standby.connectionString, schema: "standby_log" },
    });
    const promoted = new EventStore({ adapter });
    const stream = promoted.stream({ category: "c", stream: "s" });
    const [event] = await stream.publish({ events: numbered(1) });
    expect(event?.sequenceNumber).toBeGreaterThan(all.at(-1)?.sequenceNumber ?? Number.NaN);
    expect(await promoted.log().read()).toEqual([...all, event]);
  });
});
