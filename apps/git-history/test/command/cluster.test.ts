import { setTimeout as sleep } from "node:timers/promises";
import { parseDatabaseAddress } from "@eventfold/databases";
import { startPostgres } from "@eventfold/testing/postgres";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { FILES } from "../../src/events/file-events.ts";
import { runDemoJson, startDemo } from "../support/demo.ts";
import { fastRepository } from "../support/fast-import.ts";
import { gitCounts } from "../support/git-counts.ts";
import { removeTemporaryDirectories } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

/** It starts three servers, so not every day. */
describe.runIf(process.env.EVENTFOLD_SOAK)("demo on a PostgreSQL cluster", () => {
  it("counts what git counts although the primary is killed while it imports", { timeout: 3_600_000 }, async () => {
    // Each commit shares a stream with one before, so that the import takes a while.
    const repository = fastRepository({ commits: 1_200, pathsOf: (n) => [`f${n % 3}`, `g${n % 7}`] });
    await using cluster = await startPostgres({ standbys: 2, synchronous: "any 1" });
    const { connectionString } = cluster;
    const { store, close } = await openDatabase(parseDatabaseAddress(connectionString), repository.directory);
    onTestFinished(close);
    const stored = async () => (await store.category(FILES).latest())?.sequenceNumber ?? 0;
    const untilStored = async () => {
      while ((await stored()) === 0) await sleep(5);
    };
    const args = [repository.directory, "--db", connectionString, "--json"];
    const demo = startDemo(args);
    await Promise.race([untilStored(), demo.outcome]);
    const lost = cluster.primary;
    cluster.partition(lost); // so that something is under way: it waits for the standbys
    expect(await stored()).toBeLessThan(2_400);
    await lost.kill("SIGKILL");
    await cluster.promote();
    const { exitCode, output, errors } = await demo.outcome;
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(JSON.parse(output)).toMatchObject({ ...gitCounts(repository), events: 2_400, newEvents: 2_400 });
    expect(await runDemoJson(args.slice(0, -1))).toMatchObject({ ...gitCounts(repository), newEvents: 0 });
  });
});
