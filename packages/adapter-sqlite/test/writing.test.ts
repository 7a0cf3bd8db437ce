import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startChild } from "./child.ts";
import { freshFolder } from "./fresh-folder.ts";
import { preparedEvent, saveOf } from "./prepared-event.ts";
import { LOG, scanned } from "./scanned.ts";

const ONLY_WHEN_EMPTY = { positions: [-1], complement: false };

describe("SqliteEventStorageAdapter.save", () => {
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

  /** How often SQLite has committed, as a second connection sees it. */
  const countingCommits = async (work: () => Promise<unknown>): Promise<number> => {
    let commits = 0;
    const end = adapter.onChange(() => commits++);
    await work();
    end();
    return commits;
  };

  it("commits the publishes of one moment together, in the order they came", async () => {
    const publishes = Array.from({ length: 50 }, (_, index) => saveOf(`stream-${index % 7}`, 2));
    let results: unknown[] = [];
    const commits = await countingCommits(async () => {
      results = await Promise.all(publishes.map((publish) => adapter.storage.save(publish)));
    });
    expect(commits).toBeLessThan(10);
    expect(results.every((result) => (result as { kind: string }).kind === "stored")).toBe(true);
    const ids = publishes.flatMap(({ writes }) => writes.flatMap(({ events }) => events.map(({ id }) => id)));
    expect((await scanned(adapter.storage, LOG)).map(({ id }) => id)).toEqual(ids);
  });

  it("gives everyone in a commit their own verdict", async () => {
    const first = saveOf("a", 2);
    const taken = first.writes[0]?.events[0] as ReturnType<typeof preparedEvent>;
    const results = await Promise.all([
      adapter.storage.save(first),
      adapter.storage.save(saveOf("a", 1, { allowed: ONLY_WHEN_EMPTY })),
      adapter.storage.save(first),
      adapter.storage.save(saveOf("b", [preparedEvent(), taken])),
      adapter.storage.save(saveOf("b", 0, { allowed: ONLY_WHEN_EMPTY })),
      adapter.storage.save(saveOf("b", 1, { allowed: ONLY_WHEN_EMPTY })),
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(["stored", "unmet", "repeat", "duplicate", "stored", "stored"]);
    expect(results[3]).toEqual({ kind: "duplicate", ids: [taken.id] });
    expect(results[1]).toEqual({ kind: "unmet", unmet: [{ write: 0, latestPosition: 1 }] });
    expect(await scanned(adapter.storage, LOG)).toHaveLength(3);
  });

  it("undoes what it has written when a later id of the publish is taken", async () => {
    const taken = preparedEvent();
    await adapter.storage.save(saveOf("a", [taken]));
    const results = await Promise.all([
      adapter.storage.save(saveOf("b", [preparedEvent(), preparedEvent(), taken])),
      adapter.storage.save(saveOf("b", 2)),
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(["duplicate", "stored"]);
    const stored = await scanned(adapter.storage, LOG);
    expect(stored.map(({ stream, position }) => [stream, position])).toEqual([
      ["a", 0],
      ["b", 0],
      ["b", 1],
    ]);
  });

  it("fails no neighbour of a publish that SQLite refuses", async () => {
    const refused = saveOf("bad", [preparedEvent(), preparedEvent({ version: 1.5 })]); // no store would send it
    const outcomes = await Promise.allSettled([
      adapter.storage.save(saveOf("a", 1)),
      adapter.storage.save(refused),
      adapter.storage.save(saveOf("b", 2)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ code: "STORAGE_FAILED" });
    expect((await scanned(adapter.storage, LOG)).map(({ stream }) => stream)).toEqual(["a", "b", "b"]);
  });

  it("says that the disk is full, stores nothing of what it refused, and goes on when there is room", async () => {
    await adapter.storage.save(saveOf("before", 1));
    await limitPages(2);
    const large = () => preparedEvent({ payload: JSON.stringify("x".repeat(100_000)) });
    const outcomes = await Promise.allSettled([
      adapter.storage.save(saveOf("large", [preparedEvent(), large()])),
      adapter.storage.save(saveOf("small", 1)),
      adapter.storage.save(saveOf("large", [large(), preparedEvent()])),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected"]);
    expect((outcomes[0] as PromiseRejectedResult).reason).toMatchObject({ code: "STORAGE_FULL", isRetryable: true });
    expect((await scanned(adapter.storage, LOG)).map(({ stream }) => stream)).toEqual(["before", "small"]);
    await limitPages(1_000_000);
    expect((await adapter.storage.save(saveOf("large", [large()]))).kind).toBe("stored");
  });

  /** Lets the database grow by so many pages, on the adapter's own connection. */
  const limitPages = (more: number) =>
    adapter.transaction(async ({ client }) => {
      const pages = Number(client.pragma("page_count", { simple: true }));
      client.pragma(`max_page_count = ${pages + more}`);
    });

  it("survives a file that may not grow, as the system enforces it", async () => {
    await adapter.close();
    const child = startChild("publish-until-refused.ts", [filename], { fileBlocks: 512 });
    expect(await child.ended).toBe(0);
    const [code, stored] = child.lines;
    expect(code).toBe("STORAGE_UNAVAILABLE"); // SQLite tells a file that is too large from a disk that is full
    adapter = await SqliteEventStorageAdapter.open({ filename });
    const events = await scanned(adapter.storage, LOG);
    expect(events.length).toBeGreaterThanOrEqual(Number(stored));
    expect(events.length % 2).toBe(0);
    expect((await adapter.storage.save(saveOf("after", 1))).kind).toBe("stored");
  });

  it("lets others have the event loop while it stores very many events", async () => {
    const gaps: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      gaps.push(performance.now() - last);
      last = performance.now();
    }, 1);
    const result = await adapter.storage.save(saveOf("many", 20_000));
    clearInterval(timer);
    expect(result.kind).toBe("stored");
    expect(gaps.length).toBeGreaterThan(10);
  });

  it("shows nothing of a publish to others before it is committed", async () => {
    await adapter.storage.save(saveOf("many", 1));
    const publishing = adapter.storage.save(saveOf("many", 20_000));
    const seen = new Set<number>();
    let isDone = false;
    void publishing.then(() => {
      isDone = true;
    });
    while (!isDone) {
      seen.add((await adapter.storage.latest(LOG))?.sequenceNumber ?? 0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([...seen].filter((sequenceNumber) => sequenceNumber !== 1 && sequenceNumber !== 20_001)).toEqual([]);
  });

  it("waits for what is queued when it closes, and refuses what comes after (rule 19)", async () => {
    const publishes = [adapter.storage.save(saveOf("a", 2)), adapter.storage.save(saveOf("b", 2))];
    const closing = adapter.close();
    await expect(adapter.storage.save(saveOf("c", 1))).rejects.toMatchObject({ code: "ADAPTER_CLOSED" });
    expect((await Promise.all(publishes)).map(({ kind }) => kind)).toEqual(["stored", "stored"]);
    await Promise.all([closing, adapter.close()]);
    adapter = await SqliteEventStorageAdapter.open({ filename });
    expect(await scanned(adapter.storage, LOG)).toHaveLength(4);
  });
});
