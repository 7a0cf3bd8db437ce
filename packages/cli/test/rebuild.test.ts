import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { InterruptedError } from "../src/program/interruption.ts";
import { runEventfold, runForJson } from "./support/run-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const CONFIG = `
import { SqliteEventStorageAdapter } from "${import.meta.resolve("@eventfold/adapter-sqlite")}";
import { SqliteProcessingStorageAdapter } from "${import.meta.resolve("@eventfold/adapter-sqlite/processing")}";
import { SqliteProjectionStorageAdapter } from "${import.meta.resolve("@eventfold/adapter-sqlite/projections")}";
import { projectionSubscription } from "${import.meta.resolve("@eventfold/processing")}";
import { ProjectionStore, projectorFor } from "${import.meta.resolve("@eventfold/projections")}";
import { EventStore } from "${import.meta.resolve("@eventfold/store")}";

const account = (version) => projectorFor()({
  name: "account", version, source: "stream", initialState: () => ({ balance: 0 }),
  handlers: { deposited: (state, { payload }) => ({ balance: state.balance + payload.amount * version }) },
});

export default {
  events: ({ migrations }) => SqliteEventStorageAdapter.open({ filename: "FILE", migrations }),
  projections: (events) => SqliteProjectionStorageAdapter.open({ shareWith: events }),
  processing: (events) => SqliteProcessingStorageAdapter.open({ shareWith: events }),
  projectors: [account(1), account(2)],
};
`;

const OWN_SUBSCRIPTION = `
  subscriptions: (events, projections) => [
    projectionSubscription({
      projector: account(2),
      source: new EventStore({ adapter: events }).category("accounts"),
      projectionStore: new ProjectionStore({ adapter: projections }),
    }),
  ],
`;

async function aLog(): Promise<string> {
  const directory = temporaryDirectory();
  const filename = join(directory, "app.db");
  writeFileSync(join(directory, "eventfold.config.mjs"), CONFIG.replace("FILE", filename));
  await runEventfold(["migrate", "--config", "eventfold.config.mjs"], { directory });
  await using events = await SqliteEventStorageAdapter.open({ filename });
  const store = new EventStore({ adapter: events });
  for (const [stream, amount] of [
    ["a", 5],
    ["b", 7],
  ] as const) {
    await store
      .stream({ category: "accounts", stream })
      .publish({ events: [{ name: "deposited", payload: { amount } }] });
  }
  return directory;
}

const rebuildWith = (...words: string[]) => ["rebuild", "--config", "eventfold.config.mjs", ...words];

describe("eventfold rebuild", () => {
  it("builds the newest version of a projector of the config, and lets readers see it", async () => {
    const directory = await aLog();
    const rebuilt = await runEventfold(rebuildWith("account", "--category", "accounts"), { directory });
    expect(rebuilt).toMatchObject({ exitCode: 0, out: 'Readers see version 2 of "account".\n' });
    const found = await runForJson(["search", "sqlite:app.db", "account"], { directory });
    expect(found).toMatchObject([
      { id: "a", state: { balance: 10 }, projectorVersion: 2 },
      { id: "b", state: { balance: 14 } },
    ]);
    const again = await runForJson(rebuildWith("account", "--category", "accounts", "--clear-older", "--yes"), {
      directory,
    });
    expect(again).toEqual([{ projector: "account", activeVersion: 2, cleared: 0 }]);
  });

  it("reads what the projection's own subscription reads, which the config makes of its projections", async () => {
    const directory = await aLog();
    const config = readFileSync(join(directory, "eventfold.config.mjs"), "utf8");
    writeFileSync(join(directory, "own.config.mjs"), config.replace("};\n", `${OWN_SUBSCRIPTION}};\n`));
    const [rebuilt] = await runForJson(["rebuild", "--config", "own.config.mjs", "account"], { directory });
    expect(rebuilt).toMatchObject({ activeVersion: 2 });
    const subscriptions = await runForJson(["subscriptions", "list", "sqlite:app.db"], { directory });
    expect(subscriptions).toMatchObject([{ name: "account@2", source: "category/accounts" }]);
  });

  it("says how far it has come when it is stopped, and goes on when it is run again", async () => {
    const directory = await aLog();
    const stopped = new AbortController();
    stopped.abort(new InterruptedError(130));
    const { signal } = stopped;
    const first = await runEventfold(rebuildWith("account", "--category", "accounts"), { directory, signal });
    expect(first).toMatchObject({ exitCode: 130, error: expect.stringContaining("Run it again to go on") });
    const second = await runEventfold(rebuildWith("account", "--category", "accounts"), { directory });
    expect(second.exitCode).toBe(0);
  });

  it("asks before it deletes older versions, and refuses what makes no sense", async () => {
    const directory = await aLog();
    const unasked = await runEventfold(rebuildWith("account", "--clear-older"), { directory });
    expect(unasked).toMatchObject({ exitCode: 2, error: expect.stringContaining('versions of "account" before 2') });
    const unknown = await runEventfold(rebuildWith("owner"), { directory });
    expect(unknown).toMatchObject({ exitCode: 3, error: expect.stringContaining('The config has "account"') });
  });
});
