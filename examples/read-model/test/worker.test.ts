import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { ProjectionStore } from "@eventfold/projections";
import { filter } from "@eventfold/query";
import { EventStore } from "@eventfold/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../src/worker.ts", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "eventfold-read-model-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function startWorker(name: string, filename: string): ChildProcess {
  const args = ["--conditions=eventfold-source", SCRIPT, name, filename];
  return spawn(process.execPath, args, { stdio: "inherit" });
}

describe("the worker of docs/processing.md", () => {
  it("is the one that is printed there, in fewer than thirty lines besides its imports", () => {
    const source = readFileSync(SCRIPT, "utf8");
    const documented = readFileSync(new URL("../../../docs/processing.md", import.meta.url), "utf8");
    expect(documented).toContain(source);
    const own = source.split("\n").filter((line) => line !== "" && !line.startsWith("import "));
    expect(own.length).toBeLessThan(30);
  });

  it("keeps accounts searchable in two processes, each of which is killed and started again", {
    timeout: 180_000, // starting processes takes long on a machine that is busy
  }, async () => {
    const filename = join(folder, "bank.db");
    const adapter = await SqliteEventStorageAdapter.open({ filename });
    const projections = await SqliteProjectionStorageAdapter.open({ shareWith: adapter });
    const storage = await SqliteProcessingStorageAdapter.open({ shareWith: adapter });
    const accounts = new EventStore({ adapter }).category("accounts");
    const deposit = async (stream: string) => {
      await accounts.stream(stream).publish({ events: [{ name: "deposited", payload: { amount: 10 } }] });
    };
    const workers = new Map(["worker-1", "worker-2"].map((name) => [name, startWorker(name, filename)]));
    try {
      for (let n = 0; n < 40; n += 1) {
        const events = [{ name: "opened", payload: { owner: `owner-${n}` } }];
        await accounts.stream(`account-${n}`).publish({ events });
      }
      for (const [name, worker] of [...workers]) {
        await untilItWorks(storage, name);
        const killed = once(worker, "exit");
        worker.kill("SIGKILL");
        for (let n = 0; n < 40; n += 1) await deposit(`account-${n}`);
        await killed;
        workers.set(name, startWorker(name, filename));
      }
      for (let n = 0; n < 40; n += 2) await deposit(`account-${n}`);
      const store = new ProjectionStore({ adapter: projections });
      const rich = { filters: [filter("state.balance", "equal", 30)] };
      while ((await store.count(rich, { name: "account" })) < 20) await delay(50);
      const others = { filters: [filter("state.balance", "equal", 20)] };
      expect(await store.count(others, { name: "account" })).toBe(20);
      expect((await store.load({ name: "account", id: "account-6" }))?.state).toEqual({
        owner: "owner-6",
        balance: 30,
      });
    } finally {
      for (const worker of workers.values()) worker.kill("SIGKILL");
      await storage.close();
      await projections.close();
      await adapter.close();
    }
  });
});

/** Waits until a node has partitions. */
async function untilItWorks({ storage }: SqliteProcessingStorageAdapter, node: string): Promise<void> {
  for (let isAtWork = false; !isAtWork; await delay(50)) {
    const { sessions, subscriptions } = await storage.status({ names: ["account@1"] });
    const session = sessions.find(({ name }) => name === node)?.id;
    isAtWork =
      session !== undefined && subscriptions.some(({ status }) => status.some(({ owner }) => owner === session));
  }
}
