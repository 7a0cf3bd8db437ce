import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore } from "@eventfold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCommitMetadata } from "../../src/events/commit-metadata.ts";
import { FILES } from "../../src/events/file-events.ts";
import { runDemoJsonHere, startDemo } from "../support/demo.ts";
import { fastRepository } from "../support/fast-import.ts";
import { removeTemporaryDirectories, type TestRepository, temporaryDirectory } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

const COMMITS = 1200;

/** Each commit shares a stream with one before, so that its publishes go out one after the other for a while. */
function repositoryOfPairs(): TestRepository {
  return fastRepository({ commits: COMMITS, pathsOf: (n) => [`f${n % 3}`, `g${n % 7}`] });
}

/** The commits in a database, in the order of its log; every one must have both its events. */
async function storedCommits(filename: string): Promise<string[]> {
  const adapter = await SqliteEventStorageAdapter.open({ filename });
  const events = await new EventStore({ adapter }).category(FILES).read();
  await adapter.close();
  const eventsOf = Map.groupBy(events, ({ metadata }) => parseCommitMetadata(metadata).commit);
  expect([...eventsOf.values()].filter(({ length }) => length !== 2)).toEqual([]);
  return [...eventsOf.keys()];
}

async function untilSomethingIsStored(filename: string): Promise<void> {
  while (!existsSync(filename) || (await storedCount(filename)) === 0) await sleep(20);
}

async function storedCount(filename: string): Promise<number> {
  const adapter = await SqliteEventStorageAdapter.open({ filename });
  const latest = await new EventStore({ adapter }).log().latest();
  await adapter.close();
  return latest?.sequenceNumber ?? 0;
}

describe("an interrupted demo", () => {
  let repository: TestRepository;
  let order: readonly string[];

  beforeAll(() => {
    repository = repositoryOfPairs();
    order = repository.git("rev-list", "--reverse", "HEAD").split("\n");
  });

  const cases = [
    ["SIGINT", { exitCode: 130, output: "", errors: expect.stringMatching(/^Stopped\. What was stored stays/) }],
    ["SIGTERM", { exitCode: 143, output: "", errors: expect.stringMatching(/^Stopped\. What was stored stays/) }],
    ["SIGKILL", { exitCode: null, output: "" }],
  ] as const;
  // Node hands SIGINT and SIGTERM to the same listener.
  for (const [signal, expected] of process.env.EVENTFOLD_SOAK ? cases : [cases[0], cases[2]]) {
    it(`keeps whole commits after ${signal}, and is completed by another run`, async () => {
      const filename = join(temporaryDirectory(), "history.db");
      const demo = startDemo([repository.directory, "--db", `sqlite:${filename}`, "--json"]);
      await untilSomethingIsStored(filename);
      demo.kill(signal);
      expect(await demo.outcome).toMatchObject(expected);

      const stored = await storedCommits(filename);
      expect(stored.length).toBeGreaterThan(0);
      expect(stored.length).toBeLessThan(COMMITS);
      expect(stored).toEqual(order.slice(0, stored.length));

      const second = await runDemoJsonHere([repository.directory, "--db", `sqlite:${filename}`]);
      expect(second).toMatchObject({ commits: COMMITS, events: COMMITS * 2, newEvents: (COMMITS - stored.length) * 2 });
      expect(await storedCommits(filename)).toEqual(order);
    });
  }
});
