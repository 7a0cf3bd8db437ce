import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import {
  call,
  defineFunction,
  filter,
  isEqualJson,
  planCount,
  planSearch,
  queryFunctions,
  sortBy,
} from "@eventfold/query";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshFolder } from "../fresh-folder.ts";
import { saveOf } from "../prepared-event.ts";
import { LOG, scanned } from "../scanned.ts";
import { account, saveOfDocuments, searchOf } from "./stored-documents.ts";

const EVERYTHING = { name: "account", projectorVersion: undefined, plan: planCount({}) };

describe.each(["file", "memory"])("projections together with events in SQLite, %s", (place) => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let events: SqliteEventStorageAdapter;
  let projections: SqliteProjectionStorageAdapter;
  beforeEach(async () => {
    folder = await freshFolder();
    const filename = place === "file" ? join(folder.path, "app.db") : ":memory:";
    events = await SqliteEventStorageAdapter.open({ filename, writeTimeoutMs: 2_000 });
    projections = await SqliteProjectionStorageAdapter.open({ shareWith: events });
  });
  afterEach(async () => {
    await projections.close();
    await events.close();
    await folder.dispose();
  });

  it("commit together with events, or neither", async () => {
    const failure = new Error("changed my mind");
    const attempt = events.transaction(async (tx) => {
      await tx.storage.save(saveOf("a", 1));
      await projections.within(tx).save(saveOfDocuments([account("a", { n: 1 })]));
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    expect([await projections.storage.count(EVERYTHING), (await scanned(events.storage, LOG)).length]).toEqual([0, 0]);
    await events.transaction(async (tx) => {
      await tx.storage.save(saveOf("a", 1));
      await projections.within(tx).save(saveOfDocuments([account("a", { n: 1 })]));
    });
    expect([await projections.storage.count(EVERYTHING), (await scanned(events.storage, LOG)).length]).toEqual([1, 1]);
  });

  it("show outside a transaction what was committed, whatever it has changed", async () => {
    await projections.storage.save(
      saveOfDocuments([account("a", { n: 1 }), account("b", { n: 2 }), account("c", { n: 3 })]),
    );
    await projections.transaction(async (tx) => {
      const inside = projections.within(tx);
      await inside.save(saveOfDocuments([account("a", { n: 10 }), account("d", { n: 4 })]));
      await inside.save(saveOfDocuments([account("a", { n: 100 })]));
      await inside.delete({ name: "account", id: "b", projectorVersion: undefined });
      await inside.activate({ name: "account", projectorVersion: 2 });
      const seen = async () =>
        (await projections.storage.search(searchOf({ sort: [sortBy("id")] }))).map(({ state }) => state);
      expect(await seen()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
      await inside.clear({ name: "account", projectorVersion: undefined });
      expect(await seen()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
      expect(await projections.storage.activeVersion("account")).toBe(1);
      expect(await projections.storage.load({ ...EVERYTHING, id: "a" })).toMatchObject({ state: { n: 1 } });
      expect(await inside.activeVersion("account")).toBeUndefined();
      expect(await inside.count({ ...EVERYTHING, projectorVersion: 1 })).toBe(0);
    });
    expect(await projections.storage.count(EVERYTHING)).toBe(0);
    expect(await projections.storage.activeVersion("account")).toBeUndefined();
  });

  it("never show a save before it is committed", async () => {
    await projections.storage.save(saveOfDocuments([account("a", { n: 0 })]));
    const reads: unknown[] = [];
    const saving = projections.storage.save(saveOfDocuments([account("a", { n: 1 }), account("b", { n: 1 })]));
    let isSaved = false;
    const saved = saving.then(() => {
      isSaved = true;
    });
    while (!isSaved) {
      reads.push(await projections.storage.count(EVERYTHING));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await saved;
    expect(new Set([...reads, await projections.storage.count(EVERYTHING)])).toEqual(new Set([1, 2]));
  });

  it.runIf(place === "file")("join a transaction on the caller's own connection", async () => {
    const filename = join(folder.path, "app.db");
    await projections.storage.save(saveOfDocuments([account("a", { text: "abc" })]));
    const client = new BetterSqlite3(filename);
    client.exec("BEGIN IMMEDIATE");
    const inside = projections.within(events.using(client));
    await inside.save(saveOfDocuments([account("b", { text: "abd" })]));
    const matching = planCount({ filters: [filter("state.text", "regex_matches", "^ab")] });
    const counting = { name: "account", projectorVersion: undefined, plan: matching };
    expect([await inside.count(counting), await projections.storage.count(counting)]).toEqual([2, 1]);
    client.exec("COMMIT");
    expect(await projections.storage.count(counting)).toBe(2);
    await expect(inside.count(counting)).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
    client.close();
  });

  it("refuse to share with another adapter, or in its transactions", async () => {
    const foreign = SqliteProjectionStorageAdapter.open({ shareWith: {} as never });
    await expect(foreign).rejects.toThrow(TypeError);
    const other = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    await other.transaction(async (tx) => {
      expect(() => projections.within(tx)).toThrow(expect.objectContaining({ code: "UNSUITABLE_TRANSACTION" }));
    });
    await other.close();
  });
});

describe("projections in SQLite", () => {
  it("create the indexes that are declared, once, and check schemas on request", async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "projections.db");
    const check = SqliteProjectionStorageAdapter.open({ filename, migrations: "check" });
    await expect(check).rejects.toMatchObject({ code: "SCHEMA_TOO_OLD" });
    const indexes = [{ projection: "it's", path: 'state.a"b' }];
    for (let opening = 0; opening < 2; opening++) {
      const adapter = await SqliteProjectionStorageAdapter.open({ filename, indexes });
      const found = await adapter.transaction(async ({ client }) =>
        client.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'eventfold_projections_on_%'").all(),
      );
      expect(found).toHaveLength(1);
      await adapter.close();
    }
    await folder.dispose();
  });

  it.each(["id", "metadata.at", "source.kind"])("refuse an index on %s", async (path) => {
    const indexes = [{ projection: "account", path }];
    await expect(SqliteProjectionStorageAdapter.open({ filename: ":memory:", indexes })).rejects.toThrow(TypeError);
  });

  it("compute functions of the user's own, and pass on what they throw", async () => {
    const length = defineFunction({
      name: "length_of",
      parameters: ["path", "boolean"],
      result: "number",
      evaluate: (text, isStrict) => {
        if (isStrict && typeof text !== "string") throw new RangeError("no text");
        return typeof text === "string" ? text.length : null;
      },
    });
    const functions = queryFunctions(length);
    const adapter = await SqliteProjectionStorageAdapter.open({ filename: ":memory:" });
    await adapter.storage.save(saveOfDocuments(["ccc", "a", 5, "bb"].map((title, n) => account(String(n), { title }))));
    const search = async (isStrict: boolean) => {
      const sort = [sortBy(call(length, "state.title", isStrict), "desc")];
      const plan = planSearch({ sort }, { functions });
      return (await adapter.storage.search({ name: "account", projectorVersion: 1, plan })).map(({ id }) => id);
    };
    expect(await search(false)).toEqual(["0", "3", "1", "2"]);
    await expect(search(true)).rejects.toThrow(new RangeError("no text"));
    const unknown = { filters: [filter(call(length, "state.title", false), "exists")] };
    const plan = { ...planCount(unknown, { functions }), functions: queryFunctions() };
    await expect(adapter.storage.count({ name: "account", projectorVersion: 1, plan })).rejects.toMatchObject({
      code: "INVALID_QUERY",
    });
    await adapter.close();
  });

  it.each([
    ["number", "NaN", Number.NaN],
    ["number", "a string", "1"],
    ["number", "undefined", undefined],
    ["string", "a number", 1],
    ["string", "a lone surrogate", "a\ud800"],
    ["string", "U+0000", "a\u0000"],
    ["string", "a list", ["a"]],
    ["boolean", "0", 0],
  ] as const)("refuse what a function yields that declares a %s: %s", async (result, _, yields) => {
    const own = defineFunction({ name: "own", parameters: ["path"], result, evaluate: () => yields as never });
    const options = { functions: queryFunctions(own) };
    const adapter = await SqliteProjectionStorageAdapter.open({ filename: ":memory:" });
    await adapter.storage.save(saveOfDocuments([account("a", {})]));
    const target = { name: "account", projectorVersion: 1 };
    const filters = [filter(call(own, "state.title"), "exists")];
    const sort = [sortBy(call(own, "state.title"))];
    const refusal = `The function own must return a ${result} or null, but returned `;
    await expect(adapter.storage.count({ ...target, plan: planCount({ filters }, options) })).rejects.toThrow(refusal);
    await expect(adapter.storage.search({ ...target, plan: planSearch({ sort }, options) })).rejects.toThrow(TypeError);
    expect(await adapter.storage.count({ ...target, plan: planCount({}) })).toBe(1);
    await adapter.close();
  });

  it("replace one source with another, among many that stay", async () => {
    const projections = await SqliteProjectionStorageAdapter.open({ filename: ":memory:" });
    const accounts = Array.from({ length: 40 }, (_, n) => account(`acc-${n}`, { n }));
    await projections.storage.save(saveOfDocuments(accounts));
    const log = { kind: "log" } as const;
    const moved = accounts.map((each, n) => ({
      ...each,
      state: { n: n + 1 },
      ...(n % 20 === 7 ? { source: log } : {}),
    }));
    await projections.storage.save(saveOfDocuments(moved));
    const scope = { name: "account", projectorVersion: undefined };
    for (const { id, source, state } of moved) {
      expect(await projections.storage.load({ ...scope, id })).toMatchObject({ source, state });
    }
    expect((await projections.storage.locate({ ...scope, source: log })).map(({ id }) => id)).toEqual([
      "acc-27",
      "acc-7",
    ]);
    expect(await projections.storage.locate({ ...scope, source: accounts[7]?.source ?? log })).toEqual([]);
    await projections.close();
  });

  it("keep a state of 16 MB", async () => {
    const adapter = await SqliteProjectionStorageAdapter.open({ filename: ":memory:" });
    const text = '\u{1F600}\n"'.repeat(4_000_000);
    await adapter.storage.save(saveOfDocuments([account("large", { text })]));
    const found = await adapter.storage.load({ name: "account", projectorVersion: undefined, id: "large" });
    expect(found !== undefined && isEqualJson(found.state, { text })).toBe(true);
    await adapter.close();
  });
});
