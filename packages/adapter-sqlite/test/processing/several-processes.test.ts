import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Child, startChild } from "../child.ts";
import { freshFolder } from "../fresh-folder.ts";
import { IS_SOAK } from "../sizes.ts";

const PARTITIONS = [0, 1, 2, 3, 4, 5, 6, 7];
const MOVES = IS_SOAK ? 500 : 20;

/** The lines of some kind that all children have printed, in numbers. */
function printed(children: readonly Child[], kind: string): readonly (readonly number[])[] {
  const lines = children.flatMap((child) => child.lines.map((line) => line.split(" ")));
  return lines.filter(([first]) => first === kind).map(([, ...values]) => values.map(Number));
}

describe("several processes that work on the partitions of one file", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  let adapter: SqliteProcessingStorageAdapter;
  const children: Child[] = [];
  beforeEach(async () => {
    folder = await freshFolder();
    filename = join(folder.path, "processing.db");
    adapter = await SqliteProcessingStorageAdapter.open({ filename });
    await adapter.transaction(async ({ client }) => {
      client.exec("CREATE TABLE effects (partition INTEGER, number INTEGER)");
    });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.process.kill("SIGKILL"); // of a test that failed
    await adapter.close();
    await folder.dispose();
  });

  const numbers = async (): Promise<readonly number[]> => {
    const { subscriptions } = await adapter.storage.status({ names: ["mails"] });
    return subscriptions[0]?.status.map(({ checkpoint }) => checkpoint.sequenceNumber) ?? [];
  };
  /** Waits until every partition has been moved so far. */
  const allMovedTo = async (reached: (partition: number) => number): Promise<void> => {
    for (;;) {
      const found = await numbers();
      if (found.length > 0 && found.every((number, partition) => number >= reached(partition))) return;
      await delay(20);
    }
  };
  const evicted = async (node: string): Promise<void> => {
    const { sessions } = await adapter.storage.status({ names: [] });
    const stalled = sessions.filter(({ name }) => name === node);
    expect(stalled).toHaveLength(1);
    expect(await adapter.storage.evict(stalled)).toEqual(stalled.map(({ id }) => id));
  };
  const killed = async (child: Child): Promise<void> => {
    child.process.kill("SIGKILL");
    await child.ended;
  };

  it("own each partition once, lose nothing acknowledged when they are killed, and take over", {
    timeout: 120_000,
  }, async () => {
    const started = (name: string) => {
      const child = startChild("work-on-partitions.ts", [filename, name]);
      children.push(child);
      return child;
    };
    const [first, second, third] = [started("first"), started("second"), started("third")];
    await allMovedTo(() => MOVES);
    // One that is started again waits for nobody: its session takes the place of the one that was killed.
    await killed(first);
    const again = started("first");
    let before = await numbers();
    await allMovedTo((partition) => (before[partition] ?? 0) + MOVES);
    // Of one that is not started again the session is evicted.
    await killed(second);
    await evicted("second");
    before = await numbers();
    await allMovedTo((partition) => (before[partition] ?? 0) + MOVES);
    // One that is evicted while it stands still finds out by whatever it writes then.
    third.process.stdin?.write("freeze\n");
    while (!third.lines.includes("frozen")) await delay(20);
    await evicted("third");
    before = await numbers();
    await allMovedTo((partition) => (before[partition] ?? 0) + MOVES);
    const movesOfThird = printed([third], "moved").length;
    third.process.stdin?.write("thaw\n");
    expect(await third.ended).toBe(0);
    expect(printed([third], "lost").length).toBeGreaterThan(0);
    expect(printed([third], "moved")).toHaveLength(movesOfThird);
    again.process.stdin?.write("stop\n");
    expect(await again.ended).toBe(0);
    const claims = printed(children, "claimed").map(([partition, token]) => `${partition}/${token}`);
    expect(claims.filter((claim, index) => claims.indexOf(claim) !== index)).toEqual([]);
    const found = await numbers();
    const client = new BetterSqlite3(filename);
    const effects = client.prepare("SELECT number FROM effects WHERE partition = ? ORDER BY number").pluck();
    for (const partition of PARTITIONS) {
      const moves = printed(children, "moved").filter(([of]) => of === partition);
      const inOrder = moves.toSorted(([, , a = 0], [, , b = 0]) => a - b);
      const acknowledged = inOrder.map(([, , number]) => number);
      const tokens = inOrder.map(([, token = 0]) => token);
      expect(new Set(acknowledged).size).toBe(acknowledged.length);
      expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
      const all = Array.from({ length: found[partition] ?? 0 }, (_, index) => index + 1);
      expect(all).toEqual(expect.arrayContaining(acknowledged));
      // Of each that was killed one move at most was stored without being acknowledged.
      expect(all.length - acknowledged.length).toBeLessThanOrEqual(2);
      if (partition % 2 === 0) expect(effects.all(partition)).toEqual(all);
    }
    client.close();
  });
});
