import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { EventQueryItem, FailIf, PreparedEvent, SaveRequest } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import BetterSqlite3 from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { countingReads, type StatementCounts } from "./counted-statements.ts";
import { freshFolder } from "./fresh-folder.ts";
import { preparedEvent, saveOf } from "./prepared-event.ts";
import { LOG, scanned } from "./scanned.ts";

const CATEGORY: SourceIdentifier = { kind: "category", category: "things" };
const STREAM: SourceIdentifier = { kind: "stream", category: "things", stream: "long" };
const RARE = 5;

/** A log of one stream: every event has the tag "all", every second "even" or "odd", and a few "rare". */
async function filled(count: number): Promise<SqliteEventStorageAdapter> {
  const adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
  const events = Array.from({ length: count }, (_, n) => {
    const tags = ["all", n % 2 === 0 ? "even" : "odd", n < count / 2 ? "early" : "late"];
    if (n % (count / RARE) === count / RARE / 2) tags.push("rare");
    return preparedEvent({ name: n % 4 === 0 ? "fourth" : "happened", tags });
  });
  await adapter.storage.save(saveOf("long", events));
  await adapter.storage.save(saveOf("short", [preparedEvent({ tags: ["all", "short"] })]));
  return adapter;
}

/** Stops the clock by which a commit is ended when it has held the event loop for long: on a busy machine that is soon. */
function endlessTurn(): Disposable {
  const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
  return { [Symbol.dispose]: () => clock.mockRestore() };
}

async function clientOf(adapter: SqliteEventStorageAdapter): Promise<BetterSqlite3.Database> {
  return adapter.transaction(async ({ client }) => client);
}

describe("queries of tags in SQLite", () => {
  let small: SqliteEventStorageAdapter;
  let large: SqliteEventStorageAdapter;
  beforeAll(async () => {
    [small, large] = [await filled(2_000), await filled(16_000)];
  });
  afterAll(async () => {
    await small.close();
    await large.close();
  });

  const readsOf = async (
    adapter: SqliteEventStorageAdapter,
    source: SourceIdentifier,
    { items, direction }: { readonly items: readonly EventQueryItem[]; readonly direction: "forwards" | "backwards" },
  ): Promise<StatementCounts & { readonly found: number }> => {
    let found = 0;
    const isLook = (sql: string) => !sql.includes("json_each"); // rows are read by the page, which the clock may cut
    const counts = await countingReads(await clientOf(adapter), isLook, async () => {
      found = (await scanned(adapter.storage, source, { bounds: { matching: items }, direction })).length;
    });
    return { ...counts, found };
  };

  it.each<readonly [string, readonly EventQueryItem[], number]>([
    ["a rare tag", [{ tags: ["rare"] }], RARE],
    ["a rare tag and a common one", [{ tags: ["rare", "all"] }], RARE],
    ["a common tag and a rare one", [{ tags: ["all", "rare"] }], RARE],
    ["a rare tag between common ones", [{ tags: ["all", "rare", "even"] }], RARE],
    ["a rare tag and a name", [{ tags: ["all", "rare"], names: ["fourth"] }], RARE],
    ["a rare tag and a name that it never has", [{ tags: ["rare", "even"], names: ["absent"] }], 0],
    ["a common tag and one that nothing has", [{ tags: ["all", "absent"] }], 0],
    ["common tags of which one ends where the other begins", [{ tags: ["late", "early"] }], 0],
    ["several items", [{ tags: ["rare", "all"] }, { tags: ["even", "rare"] }, { tags: ["absent", "all"] }], RARE],
  ])("read as much of a large log as of a small one, by %s", async (_, items, found) => {
    for (const source of [LOG, CATEGORY]) {
      for (const direction of ["forwards", "backwards"] as const) {
        const few = await readsOf(small, source, { items, direction });
        const many = await readsOf(large, source, { items, direction });
        expect(many.found).toBe(found);
        expect(many).toEqual(few);
        expect(many.rows).toBeLessThan(200);
      }
    }
  });

  it("find a stream's own place among many events of the same tags, by halving", async () => {
    for (const direction of ["forwards", "backwards"] as const) {
      const inLong = await readsOf(large, STREAM, { items: [{ tags: ["rare"] }], direction });
      expect(inLong.found).toBe(RARE);
      expect(inLong.runs).toBeLessThan(RARE * 2 * Math.log2(16_000));
      const short: SourceIdentifier = { kind: "stream", category: "things", stream: "short" };
      const inShort = await readsOf(large, short, { items: [{ tags: ["all"] }], direction });
      expect(inShort.found).toBe(1);
      expect(inShort.runs).toBeLessThan(20);
    }
  });

  it("read a common tag by the page, not event by event", async () => {
    const { runs, found } = await readsOf(large, LOG, { items: [{ tags: ["all", "even"] }], direction: "forwards" });
    expect(found).toBe(8_000);
    expect(runs).toBeLessThan(found / 50);
  });

  it("judge a publish by looking once for each item of which nothing is above the number, and not at all where nothing is", async () => {
    const newest = await large.storage.horizon(LOG);
    const items = [{ tags: ["all", "rare"] }, { tags: ["even"], names: ["fourth"] }, { tags: ["absent"] }];
    const judging = async (after: number) => {
      const check = saveOf("new", 0, { allowed: { positions: [-1], complement: false } });
      const isOfTags = (sql: string) => sql.includes("eventfold_event_tags");
      return countingReads(await clientOf(large), isOfTags, async () => {
        expect(await large.storage.save({ ...check, failIf: { items, after } })).toEqual({
          kind: "stored",
          events: [[]],
        });
      });
    };
    expect(await judging(newest)).toEqual({ runs: 0, rows: 0 });
    await large.storage.save(saveOf("other", [preparedEvent({ tags: ["other"] })]));
    expect(await judging(newest)).toEqual({ runs: items.length, rows: 0 });
  });

  it("let others have the event loop while common tags never meet", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const bounds = { matching: [{ tags: ["even", "odd"] }] };
    for (let round = 0; round < 20; round++) expect(await scanned(large.storage, LOG, { bounds })).toEqual([]);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});

describe("publishing with tags to SQLite", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  let adapter: SqliteEventStorageAdapter;
  beforeEach(async () => {
    folder = await freshFolder();
    filename = join(folder.path, "events.db");
    adapter = await SqliteEventStorageAdapter.open({ filename });
  });
  afterEach(async () => {
    await adapter.close();
    await folder.dispose();
  });

  const tagged = (...tags: readonly string[]): PreparedEvent => preparedEvent({ tags });
  const failing = (save: SaveRequest, ...items: FailIf["items"]): SaveRequest => ({
    ...save,
    failIf: { items, after: 0 },
  });
  const tagRows = async () => {
    const client = await clientOf(adapter);
    return client.prepare("SELECT tag, sequence_number FROM eventfold_event_tags").raw().all();
  };

  it("judges each publish of a commit by those before it in the same commit", async () => {
    let commits = 0;
    const end = adapter.onChange(() => commits++);
    using _ = endlessTurn();
    const results = await Promise.all([
      adapter.storage.save(failing(saveOf("a", [tagged("x")]), { tags: ["y"] })),
      adapter.storage.save(failing(saveOf("b", [tagged("y")]), { tags: ["x"] })),
      adapter.storage.save(failing(saveOf("c", [tagged("y")]), { tags: ["y"] })),
      adapter.storage.save(failing(saveOf("d", [tagged("x")]), { tags: ["y"] }, { names: ["happened"] })),
      adapter.storage.save(failing(saveOf("e", 1), { tags: ["x", "y"] })),
    ]);
    end();
    expect(results.map(({ kind }) => kind)).toEqual(["stored", "matched", "stored", "matched", "stored"]);
    expect(results[1]).toEqual({ kind: "matched", sequenceNumber: 1 });
    expect(results[3]).toEqual({ kind: "matched", sequenceNumber: 1 });
    expect(commits).toBe(1);
  });

  it("commits 64 rivals for one tag together", async () => {
    let commits = 0;
    const end = adapter.onChange(() => commits++);
    const rivals = Array.from({ length: 64 }, (_, n) => failing(saveOf(`s${n}`, [tagged("seat")]), { tags: ["seat"] }));
    using _ = endlessTurn();
    const results = await Promise.all(rivals.map((rival) => adapter.storage.save(rival)));
    end();
    expect(results.filter(({ kind }) => kind === "stored")).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === "matched")).toHaveLength(63);
    expect(commits).toBe(1);
  });

  it("leaves no tags of a publish that is refused once its events are written", async () => {
    const taken = preparedEvent();
    await adapter.storage.save(saveOf("a", [taken]));
    const refused = await adapter.storage.save(saveOf("b", [tagged("x"), tagged("y"), taken]));
    expect(refused.kind).toBe("duplicate");
    expect((await adapter.storage.save(saveOf("b", [taken]))).kind).toBe("duplicate");
    expect(await tagRows()).toEqual([]);
    await adapter.storage.save(failing(saveOf("b", [tagged("x")]), { tags: ["x"] }, { tags: ["y"] }));
    expect(await tagRows()).toHaveLength(1);
  });

  it("leaves no tags of a transaction that is rolled back", async () => {
    const rolledBack = adapter.transaction(async (tx) => {
      await tx.storage.save(saveOf("a", [tagged("x")]));
      throw new Error("rolled back");
    });
    await expect(rolledBack).rejects.toThrow("rolled back");
    expect(await tagRows()).toEqual([]);
  });

  it("stores and judges in a transaction of the caller's own", async () => {
    const client = new BetterSqlite3(filename);
    client.exec("BEGIN IMMEDIATE");
    const { storage } = adapter.using(client);
    expect((await storage.save(saveOf("a", [tagged("x")]))).kind).toBe("stored");
    const refused = await storage.save(failing(saveOf("b", 1), { tags: ["x"] }));
    expect(refused).toEqual({ kind: "matched", sequenceNumber: 1 });
    const bounds = { matching: [{ tags: ["x"] }] };
    expect(await scanned(storage, LOG, { bounds })).toHaveLength(1);
    expect(await scanned(adapter.storage, LOG, { bounds })).toEqual([]);
    client.exec("COMMIT");
    expect(await scanned(adapter.storage, LOG, { bounds })).toHaveLength(1);
    client.close();
  });

  it("hides from a query what a transaction has not committed, on the connection of both", async () => {
    const bounds = { matching: [{ tags: ["x"] }, { names: ["happened"] }] };
    await adapter.transaction(async (tx) => {
      await tx.storage.save(saveOf("a", [tagged("x"), tagged()]));
      expect(await scanned(tx.storage, LOG, { bounds })).toHaveLength(2);
      for (const direction of ["forwards", "backwards"] as const) {
        expect(await scanned(adapter.storage, LOG, { bounds, direction })).toEqual([]);
        expect(await scanned(adapter.storage, STREAM, { bounds, direction })).toEqual([]);
      }
    });
  });

  it("gives back tags that are large, or lie behind a large payload", async () => {
    const long = Array.from({ length: 100 }, (_, n) => `${n}`.padEnd(255, "é"));
    const large = JSON.stringify("x".repeat(100_000));
    const events = [
      tagged(...long),
      preparedEvent({ tags: ["a", "b"], payload: large }),
      preparedEvent({ tags: ["a"], metadata: large }),
      preparedEvent({ payload: large, metadata: '{"n":1}' }),
      tagged("a"),
    ];
    await adapter.storage.save(saveOf("large", events));
    const read = await scanned(adapter.storage, LOG);
    expect(read.map(({ tags }) => tags)).toEqual([long, ["a", "b"], ["a"], [], ["a"]]);
    expect(read[3]?.metadata).toEqual({ n: 1 });
    expect(await adapter.storage.eventById(events[1]?.id ?? "")).toEqual(read[1]);
  });
});
