import { spawn } from "node:child_process";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, type OrderingGuarantee } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { testServer } from "./test-server.ts";

const server = await testServer({ settings: { max_connections: 400 } });
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const sizes = isSoak ? { writers: 60, readers: 4, ms: 30_000 } : { writers: 5, readers: 1, ms: 2_500 };

/** What a reader saw: lists of ids, each of which must be a beginning of its source. */
interface Seen {
  readonly source: string;
  readonly ids: readonly string[];
}

async function outputOf<T>(script: string, args: readonly string[]): Promise<T> {
  const path = new URL(`./processes/${script}.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, ["--conditions=eventfold-source", path, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output) as T;
}

describe.each<OrderingGuarantee>(["log", "stream"])('many processes under "%s"', (orderingGuarantee) => {
  it("store every acknowledged event once, without gaps, and show every reader a beginning of each source", async () => {
    const connectionString = await server.createDatabase();
    const adapter = await PostgresEventStorageAdapter.open({ connectionString, orderingGuarantee });
    const args = [connectionString, String(sizes.ms)];
    const writers = Array.from({ length: sizes.writers }, () => outputOf<string[]>("publish-to-eight-streams", args));
    const readers = Array.from({ length: sizes.readers }, () => outputOf<Seen[]>("read-every-scope", args));
    const acknowledged = (await Promise.all(writers)).flat();

    const store = new EventStore({ adapter });
    const log = await store.log().read();
    expect(new Set(log.map(({ id }) => id))).toEqual(new Set(acknowledged));
    expect(log).toHaveLength(acknowledged.length);
    const positions = new Map<string, number>();
    for (const { category, stream, position } of log) {
      const key = `${category}/${stream}`;
      expect(position).toBe((positions.get(key) ?? -1) + 1);
      positions.set(key, position);
    }
    expect(positions.size).toBe(8);

    const idsOf = (source: string) =>
      log
        .filter(({ category, stream }) => source === "log" || `${category}/${stream}`.startsWith(source))
        .map(({ id }) => id);
    for (const { source, ids } of (await Promise.all(readers)).flat()) {
      expect(ids, `what a reader of ${source} saw`).toEqual(idsOf(source).slice(0, ids.length));
    }
    await adapter.close();
  });
});
