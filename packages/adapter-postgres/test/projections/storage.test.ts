import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProjectionStorageAdapter, projectionMigrations } from "@eventfold/adapter-postgres/projections";
import type { ProjectionStorage, SeenProjection } from "@eventfold/projections";
import { keysetPage, planSearch, type QueryDocument, sortBy } from "@eventfold/query";
import { EventStore } from "@eventfold/store";
import { logIdentifier, parseJson } from "@eventfold/types";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";
import { untilWaiting } from "../until.ts";
import { prepared, writeOf } from "./prepared.ts";

const { connectionString } = await testServer();
let events: PostgresEventStorageAdapter;
let adapter: PostgresProjectionStorageAdapter;
let store: EventStore;
let names = 0;

beforeAll(async () => {
  events = await PostgresEventStorageAdapter.open({ connectionString });
  adapter = await PostgresProjectionStorageAdapter.open({ shareWith: events });
  store = new EventStore({ adapter: events });
});
afterAll(async () => {
  await adapter.close();
  await events.close();
});

function newName(): string {
  names += 1;
  return `projection-${names}`;
}

function document(name: string, id: string, state: unknown = {}): QueryDocument {
  return { id, name, source: { kind: "stream", category: "accounts", stream: id }, state, metadata: null };
}

const active = { projectorVersion: undefined };
const absent: SeenProjection = { kind: "absent" };

function allOf(name: string) {
  return { name, ...active, plan: planSearch({ paging: keysetPage({ size: 1000 }) }) };
}

async function idsIn(storage: ProjectionStorage, name: string): Promise<readonly string[]> {
  return (await storage.search(allOf(name))).map(({ id }) => id);
}

describe("save", () => {
  it("stores what JSON holds, and gives it back", async () => {
    const name = newName();
    const state = { a: [1e21, 5e-324, -0, 1.7976931348623157e308], __proto__: null, "\u{1F600}": 'say "x"', e: "1e+5" };
    await adapter.storage.save({ writes: [writeOf({ ...document(name, "a", state), metadata: [5e-324] })] });
    const loaded = await adapter.storage.load({ name, id: "a", ...active });
    expect(loaded).toEqual({
      ...document(name, "a", parseJson(JSON.stringify(state))),
      metadata: [5e-324],
      lastSequenceNumber: 1,
      projectorVersion: 1,
    });
  });

  it("keeps the text as it was written, for numbers that jsonb would print longer", async () => {
    const name = newName();
    const state = Array.from({ length: 1000 }, () => 5e-324);
    await adapter.storage.save({ writes: [writeOf(document(name, "a", state))] });
    const text = "select length(state_text) from eventfold.projections where name = $1";
    expect(await queryRows(connectionString, text, [name])).toEqual([JSON.stringify(state).length]);
    expect((await adapter.storage.load({ name, id: "a", ...active }))?.state).toEqual(state);
  });

  it("stores and finds a state of 16 MB and 500 levels", async () => {
    const name = newName();
    let deep: unknown = 1;
    for (let level = 0; level < 498; level++) deep = [deep];
    const state = { text: "\u{1F600}".repeat(4_000_000), deep };
    await adapter.storage.save({ writes: [writeOf(document(name, "big", state))] });
    const sort = { name, ...active, plan: planSearch({ sort: [sortBy("state.text")] }) };
    expect((await adapter.storage.search(sort))[0]?.state).toEqual(state);
  });

  it("saves all or none, and names every conflict with what is stored", async () => {
    const name = newName();
    await adapter.storage.save({
      writes: [{ projection: prepared(document(name, "b"), { lastSequenceNumber: 7 }), unchangedSince: absent }],
    });
    const request = {
      writes: [
        { projection: prepared(document(name, "a")), unchangedSince: absent },
        { projection: prepared(document(name, "b")), unchangedSince: absent },
        {
          projection: prepared(document(name, "c")),
          unchangedSince: { kind: "present", lastSequenceNumber: 0 } as const,
        },
        { projection: prepared(document(name, "d")), unchangedSince: undefined },
      ],
    };
    expect(await adapter.storage.save(request)).toEqual({
      kind: "conflict",
      conflicts: [
        { write: 1, lastSequenceNumber: 7 },
        { write: 2, lastSequenceNumber: undefined },
      ],
    });
    expect(await idsIn(adapter.storage, name)).toEqual(["b"]);
    const seen = { kind: "present", lastSequenceNumber: 7 } as const;
    const later = { projection: prepared(document(name, "b"), { lastSequenceNumber: 9 }), unchangedSince: seen };
    expect(await adapter.storage.save({ writes: [later] })).toEqual({ kind: "saved" });
    expect(await adapter.storage.save({ writes: [later] })).toMatchObject({ kind: "conflict" });
  });

  it("lets one of many rivals through who saw the same, round after round", async () => {
    const name = newName();
    for (let round = 0; round < 20; round++) {
      const unchangedSince = round === 0 ? absent : ({ kind: "present", lastSequenceNumber: round } as const);
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, rival) =>
          adapter.storage.save({
            writes: ["b", "a"].map((id) => ({
              projection: prepared(document(name, id, { rival }), { lastSequenceNumber: round + 1 }),
              unchangedSince,
            })),
          }),
        ),
      );
      expect(results.filter(({ kind }) => kind === "saved")).toHaveLength(1);
      const [a, b] = await adapter.storage.search(allOf(name));
      expect(a?.state).toEqual(b?.state);
    }
  });

  it("survives simultaneous saves, clears and activations, and never loses the active version", async () => {
    const name = newName();
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        if (index % 6 === 5) return adapter.storage.clear({ name, ...active });
        if (index % 6 === 4) return adapter.storage.activate({ name, projectorVersion: 1 });
        const ids = ["a", "b", "c", "d"].slice(index % 3);
        return adapter.storage.save({
          writes: (index % 2 ? ids : ids.toReversed()).map((id) => writeOf(document(name, id))),
        });
      }),
    );
    const [rows] = await queryRows(
      connectionString,
      "select count(*)::int from eventfold.projections where name = $1",
      [name],
    );
    expect((await idsIn(adapter.storage, name)).length).toBe(rows);
  });

  it("takes rows that are there and new ones in one order", async () => {
    const name = newName();
    const save = (storage: ProjectionStorage, ...ids: readonly string[]) =>
      storage.save({ writes: ids.map((id) => writeOf(document(name, id))) });
    // Within a transaction a save that the server ends, because it waits in a circle, is not repeated.
    const saveOnce = (...ids: readonly string[]) => adapter.transaction((tx) => save(adapter.within(tx), ...ids));
    await save(adapter.storage, "first of the name");
    const holder = new Client({ connectionString });
    await holder.connect();
    await holder.query("begin");
    await save(adapter.within(adapter.using(holder)), "b");
    const insertingAll = saveOnce("c", "b", "a"); // has inserted "a" and waits for "b"
    await untilWaiting(connectionString, 1, "any");
    await save(adapter.storage, "c");
    const rivals = [insertingAll, saveOnce("c", "a")]; // must not lock "c", which it could, and then wait for "a"
    await untilWaiting(connectionString, 2, "any");
    await holder.query("commit");
    await holder.end();
    expect(await Promise.all(rivals)).toEqual([{ kind: "saved" }, { kind: "saved" }]);
  });

  it("saves thousands in one statement", async () => {
    const name = newName();
    const writes = Array.from({ length: 5000 }, (_, index) => writeOf(document(name, `id-${index}`, { index })));
    await adapter.storage.save({ writes });
    expect(await adapter.storage.count(allOf(name))).toBe(5000);
  });
});

describe("versions", () => {
  it("shows the first that was saved, until another is activated", async () => {
    const name = newName();
    expect(await adapter.storage.activeVersion(name)).toBeUndefined();
    await adapter.storage.save({ writes: [writeOf(document(name, "old"), { projectorVersion: 3 })] });
    await adapter.storage.save({ writes: [writeOf(document(name, "new"), { projectorVersion: 4 })] });
    expect(await idsIn(adapter.storage, name)).toEqual(["old"]);
    expect(await adapter.storage.activate({ name, projectorVersion: 4 })).toBe(3);
    expect(await idsIn(adapter.storage, name)).toEqual(["new"]);
    expect(await adapter.storage.search({ ...allOf(name), projectorVersion: 3 })).toMatchObject([{ id: "old" }]);
    expect(await adapter.storage.activate({ name, projectorVersion: 4 })).toBe(4);
    expect(await adapter.storage.clear({ name, projectorVersion: 4 })).toBe(1);
    expect(await adapter.storage.activeVersion(name)).toBe(4);
    expect(await adapter.storage.clear({ name, ...active })).toBe(1);
    expect(await adapter.storage.activeVersion(name)).toBeUndefined();
  });

  it("are switched at once for every reader", async () => {
    const name = newName();
    for (const projectorVersion of [1, 2]) {
      const ids = Array.from({ length: 50 }, (_, index) => `${projectorVersion}-${index}`);
      await adapter.storage.save({ writes: ids.map((id) => writeOf(document(name, id), { projectorVersion })) });
    }
    const switching = (async () => {
      for (let turn = 0; turn < 40; turn++) await adapter.storage.activate({ name, projectorVersion: 1 + (turn % 2) });
    })();
    for (let read = 0; read < 40; read++) {
      const versions = (await adapter.storage.search(allOf(name))).map((row) => row.projectorVersion);
      expect(versions).toHaveLength(50);
      expect(new Set(versions).size).toBe(1);
    }
    await switching;
  });
});

describe("locate", () => {
  it("finds those of exactly this source, the first two by id", async () => {
    const name = newName();
    const source = { kind: "category", category: "x" } as const;
    await adapter.storage.save({ writes: ["c", "a", "b"].map((id) => writeOf({ ...document(name, id), source })) });
    await adapter.storage.save({
      writes: [writeOf({ ...document(name, "d"), source: { ...source, kind: "stream", stream: "x" } })],
    });
    expect(await adapter.storage.locate({ name, source, ...active })).toMatchObject([{ id: "a" }, { id: "b" }]);
    expect(await adapter.storage.locate({ name, source: { kind: "log" }, ...active })).toEqual([]);
  });
});

describe("a transaction that is shared with events", () => {
  const publish = (tx: object, stream: string) =>
    store
      .within(tx as Parameters<EventStore["within"]>[0])
      .stream({ category: "shared", stream })
      .publish({ events: [{ name: "happened", payload: {} }] });

  it("commits projections together with events", async () => {
    const name = newName();
    await adapter.transaction(async (tx) => {
      const within = adapter.within(tx);
      await within.save({ writes: [writeOf(document(name, "a"))] });
      await publish(tx, name);
      expect(await idsIn(within, name)).toEqual(["a"]);
      expect(await idsIn(adapter.storage, name)).toEqual([]);
    });
    expect(await idsIn(adapter.storage, name)).toEqual(["a"]);
    expect(await store.stream({ category: "shared", stream: name }).latest()).toBeDefined();
  });

  it("stores neither when the work fails, and reports the work's own error", async () => {
    const name = newName();
    const error = new Error("no");
    const failed = events.transaction(async (tx) => {
      await publish(tx, name);
      await adapter.within(tx).save({ writes: [writeOf(document(name, "a"))] });
      throw error;
    });
    await expect(failed).rejects.toBe(error);
    expect(await idsIn(adapter.storage, name)).toEqual([]);
    expect(await store.stream({ category: "shared", stream: name }).latest()).toBeUndefined();
  });

  it("can be the caller's own, through `using` of either adapter", async () => {
    const client = new Client({ connectionString });
    await client.connect();
    for (const owner of [events, adapter]) {
      for (const end of ["commit", "rollback"]) {
        const name = newName();
        await client.query("begin");
        const tx = owner.using(client);
        await adapter.within(tx).save({ writes: [writeOf(document(name, "a"))] });
        await publish(tx, name);
        await client.query(end);
        expect(await idsIn(adapter.storage, name)).toEqual(end === "commit" ? ["a"] : []);
        await expect(adapter.within(tx).count(allOf(name))).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
      }
    }
    await client.end();
  });

  it("refuses a write on the adapter inside the callback, and a transaction of a stranger", async () => {
    const name = newName();
    await adapter.transaction(async () => {
      const inside = adapter.storage.save({ writes: [writeOf(document(name, "a"))] });
      await expect(inside).rejects.toMatchObject({ code: "NESTED_PUBLISH" });
    });
    const other = await PostgresProjectionStorageAdapter.open({ connectionString });
    await other.transaction(async (tx) => {
      expect(() => adapter.within(tx)).toThrow(expect.objectContaining({ code: "UNSUITABLE_TRANSACTION" }));
      await other.within(tx).save({ writes: [writeOf(document(name, "a"))] });
    });
    expect(await idsIn(adapter.storage, name)).toEqual(["a"]);
    await other.close();
    await expect(other.storage.count(allOf(name))).rejects.toMatchObject({ code: "ADAPTER_CLOSED" });
  });

  it("keeps a conflict from failing it", async () => {
    const name = newName();
    await adapter.transaction(async (tx) => {
      const within = adapter.within(tx);
      const write = { projection: prepared(document(name, "a")), unchangedSince: absent };
      expect(await within.save({ writes: [write] })).toEqual({ kind: "saved" });
      expect(await within.save({ writes: [write] })).toMatchObject({ kind: "conflict" });
      await publish(tx, name);
    });
    expect(await idsIn(adapter.storage, name)).toEqual(["a"]);
  });
});

describe("opening and closing", () => {
  it("does not close the event adapter, and is closed with it", async () => {
    const own = await PostgresEventStorageAdapter.open({ connectionString });
    const first = await PostgresProjectionStorageAdapter.open({ shareWith: own });
    const second = await PostgresProjectionStorageAdapter.open({ shareWith: own });
    await first.close();
    await first.close();
    expect([first.isClosed, second.isClosed, own.isClosed]).toEqual([true, false, false]);
    await own.storage.latest(logIdentifier());
    await own.close();
    expect(second.isClosed).toBe(true);
    await expect(second.storage.load({ name: "x", id: "x", ...active })).rejects.toMatchObject({
      code: "ADAPTER_CLOSED",
    });
  });

  it("takes any names, and refuses to open unmigrated where it may only check", async () => {
    const location = { schema: `odd "schema" $1`, projectionsTable: "it's $2" };
    const options = { connectionString, ...location };
    await expect(PostgresProjectionStorageAdapter.open({ ...options, migrations: "check" })).rejects.toMatchObject({
      code: "SCHEMA_TOO_OLD",
    });
    const indexes = [{ projection: "it's", path: "state.a.0" }];
    const opened = await Promise.all(
      Array.from({ length: 5 }, () => PostgresProjectionStorageAdapter.open({ ...options, indexes })),
    );
    const [odd] = opened as [PostgresProjectionStorageAdapter];
    await odd.storage.save({ writes: [writeOf(document("it's", "a", { a: [1] }))] });
    expect(
      await odd.storage.search({ ...allOf("it's"), plan: planSearch({ sort: [sortBy("state.a.0")] }) }),
    ).toHaveLength(1);
    for (const each of opened) await each.close();
    await (await PostgresProjectionStorageAdapter.open({ ...options, indexes, migrations: "check" })).close();
  });

  it("lists its migrations for those who run them", () => {
    expect(projectionMigrations({ schema: "app" }).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
  });

  it("refuses options that make no sense", async () => {
    await expect(PostgresProjectionStorageAdapter.open({ shareWith: {} as never })).rejects.toThrow(TypeError);
    await expect(PostgresProjectionStorageAdapter.open({} as never)).rejects.toThrow(TypeError);
    const misspelt = { connectionString, migrations: "chek" as never };
    await expect(PostgresProjectionStorageAdapter.open(misspelt)).rejects.toThrow(
      new TypeError('migrations must be "apply" or "check", got "chek".'),
    );
    const indexes = [{ projection: "a", path: "stat.x" }];
    const open = PostgresProjectionStorageAdapter.open({ connectionString, indexes });
    await expect(open).rejects.toMatchObject({ code: "INVALID_QUERY" });
  });
});
