import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { filter, keysetPage, pageOf, planCount, planLookup, type SearchQuery, sortBy } from "@eventfold/query";
import type BetterSqlite3 from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { account, saveOfDocuments, searchOf } from "./stored-documents.ts";

const BINDING = filter("name", "equal", "account");
const BY_KEY = /^SEARCH p USING INDEX eventfold_projections_on_[0-9a-f]{16} \(name=\? AND projector_version=\?/;

describe.each(["without statistics", "after ANALYZE"])("the plans of searches on SQLite, %s", (statistics) => {
  let adapter: SqliteProjectionStorageAdapter;
  let client: BetterSqlite3.Database;
  beforeAll(async () => {
    const paths = ["state.balance", "state.owner.city", `state.it's`];
    const indexes = paths.map((path) => ({ projection: "account", path }));
    adapter = await SqliteProjectionStorageAdapter.open({ filename: ":memory:", indexes });
    const documents = Array.from({ length: 2_000 }, (_, n) =>
      account(`acc-${n}`, { balance: n % 7 === 0 ? null : n % 100, owner: { city: `c${n % 50}` }, "it's": n }),
    );
    await adapter.storage.save(saveOfDocuments(documents));
    await adapter.transaction(async (tx) => {
      client = tx.client;
      if (statistics === "after ANALYZE") client.exec("ANALYZE");
    });
  });
  afterAll(() => adapter.close());

  /** The plans of the statements that a search runs, those about projections. */
  const plansOf = async (query: SearchQuery): Promise<string[]> => {
    const prepare = vi.spyOn(client, "prepare");
    await adapter.storage.search(searchOf({ ...query, filters: [BINDING, ...(query.filters ?? [])] }, "account"));
    const texts = prepare.mock.calls.map(([sql]) => sql).filter((sql) => sql.includes("eventfold_projections AS p"));
    prepare.mockRestore();
    return texts.flatMap(explained);
  };
  const explained = (sql: string): string[] => {
    const values = Array.from({ length: sql.split("?").length - 1 }, () => 1);
    const plan = client.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
    return plan.map(({ detail }) => detail).filter((detail) => / p | ORDER BY/.test(detail));
  };

  it.each([
    ["equal", filter("state.balance", "equal", 5), " AND <expr>=?)"],
    ["greater_than", filter("state.balance", "greater_than", 90), " AND <expr>>? AND <expr><?)"],
    ["less_than", filter("state.balance", "less_than", 3), " AND <expr><?)"],
    ["starts_with", filter("state.owner.city", "starts_with", "c4"), " AND <expr>>? AND <expr><?)"],
    ["equal null", filter("state.balance", "equal", null), " AND <expr>=?)"],
    ["in", filter("state.balance", "in", [5, 7, "x"]), " AND <expr>=?)"],
    ["equal at a hard name", filter("state.it's", "equal", 7), " AND <expr>=?)"],
  ] as const)("enter the index by a filter: %s", async (_, clause, ending) => {
    const [search, ...rest] = await plansOf({ filters: [clause] });
    expect(search).toMatch(BY_KEY);
    expect(search).toContain(ending);
    expect(rest.filter((detail) => detail.startsWith("SCAN"))).toEqual([]);
  });

  it("enter the index by a list in a lookup and a count too", async () => {
    const prepare = vi.spyOn(client, "prepare");
    const filters = [filter("state.balance", "in", [5, 7])];
    const request = { name: "account", projectorVersion: undefined };
    await adapter.storage.lookup({ ...request, plan: planLookup({ filters }) });
    await adapter.storage.count({ ...request, plan: planCount({ filters }) });
    const texts = prepare.mock.calls.map(([sql]) => sql);
    prepare.mockRestore();
    expect(texts.flatMap(explained)).toEqual([
      expect.stringMatching(/^SEARCH p USING INDEX eventfold_projections_on_.* AND <expr>=\?\)$/),
      "USE TEMP B-TREE FOR ORDER BY",
      expect.stringMatching(/^SEARCH p USING COVERING INDEX eventfold_projections_on_.* AND <expr>=\?\)$/),
    ]);
  });

  it("read the rows of one value in the order of their ids, page by page, without sorting", async () => {
    const filters = [filter("state.balance", "equal", 5)];
    const first = searchOf({ filters: [BINDING, ...filters], paging: keysetPage({ size: 3 }) }, "account");
    const { next } = pageOf(first.plan, await adapter.storage.search(first));
    for (const page of [{ size: 3 }, { size: 3, after: next }, { size: 3, before: next }]) {
      const plans = await plansOf({ filters, paging: keysetPage(page) });
      expect(plans).toEqual([expect.stringMatching(/^SEARCH p USING INDEX eventfold_projections_on_.* AND <expr>=\?/)]);
    }
  });

  it("enter the index of the filter, not that of the order", async () => {
    const query = { filters: [filter("state.balance", "equal", 5)], sort: [sortBy("state.owner.city")] };
    expect(await plansOf(query)).toEqual([
      expect.stringMatching(/^SEARCH p USING INDEX eventfold_projections_on_.* AND <expr>=\?\)$/),
      "USE TEMP B-TREE FOR ORDER BY",
    ]);
  });

  describe.each(["asc", "desc"] as const)("sorted %s", (direction) => {
    it.each(["first", "last"] as const)("read the index in order, nulls %s, page by page", async (nulls) => {
      const sort = [sortBy("state.balance", direction, { nulls })];
      const filters = [BINDING];
      const first = searchOf({ filters, sort, paging: keysetPage({ size: 3 }) }, "account");
      const { next } = pageOf(first.plan, await adapter.storage.search(first));
      const pages = [{ size: 3 }, { size: 3, after: next }, { size: 3, before: next }];
      for (const page of pages) {
        // The cursor is of this very query: the name is bound by the search itself.
        const plans = await plansOf({ sort, paging: keysetPage(page) });
        expect(plans.length).toBeGreaterThan(0);
        for (const detail of plans) expect(detail).toMatch(BY_KEY);
      }
    });
  });

  it("read pages by id, projections by key and by source through the tables' own indexes", async () => {
    expect(await plansOf({ paging: keysetPage({ size: 3 }) })).toEqual([
      "SEARCH p USING INDEX sqlite_autoindex_eventfold_projections_1 (name=? AND projector_version=?)",
    ]);
    const prepare = vi.spyOn(client, "prepare");
    const key = { name: "account", projectorVersion: undefined };
    await adapter.storage.load({ ...key, id: "acc-1" });
    await adapter.storage.locate({ ...key, source: { kind: "stream", category: "accounts", stream: "acc-1" } });
    const texts = prepare.mock.calls.map(([sql]) => sql);
    prepare.mockRestore();
    const plans = texts.flatMap(
      (sql) => client.prepare(`EXPLAIN QUERY PLAN ${sql}`).all("a", "a", "a") as { detail: string }[],
    );
    expect(plans.map(({ detail }) => detail).filter((detail) => detail.includes(" p "))).toEqual([
      "SEARCH p USING INDEX sqlite_autoindex_eventfold_projections_1 (name=? AND projector_version=? AND id=?)",
      "SEARCH p USING INDEX eventfold_projections_by_source (name=? AND projector_version=? AND source=?)",
    ]);
  });
});
