import { type PostgresTestServer, startPostgres } from "@eventfold/testing/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDemoHere, runDemoJson, runDemoJsonHere } from "../support/demo.ts";
import { gitCounts } from "../support/git-counts.ts";
import { gitRankings } from "../support/git-rankings.ts";
import { binaryPaths } from "../support/odd-paths.ts";
import { removeTemporaryDirectories, type TestRepository, temporaryDirectory } from "../support/test-repository.ts";

let server: PostgresTestServer;
let repository: TestRepository;

beforeAll(async () => {
  server = await startPostgres();
  repository = binaryPaths();
});

afterAll(async () => {
  await server.stop();
  removeTemporaryDirectories();
});

describe("demo on PostgreSQL", () => {
  it("counts what git counts on a server that runs, and stores nothing twice", async () => {
    const counts = { ...gitCounts(repository), ...gitRankings(repository) };
    const first = await runDemoJsonHere([repository.directory, "--db", server.connectionString]);
    expect(first).toMatchObject({ ...counts, newEvents: first.events });
    expect(first.events).toBe(counts.added + counts.modified);
    const second = await runDemoJsonHere([repository.directory, "--db", server.connectionString]);
    expect(second).toMatchObject({ ...counts, events: first.events, newEvents: 0 });
  });

  it("counts what git counts on a server of its own, which it ends", async () => {
    const counts = await runDemoJson([repository.directory, "--db", "postgres"]); // a process, which could go on
    expect(counts).toMatchObject({ ...gitCounts(repository), newEvents: counts.events });
    expect(counts.database).toBe("a PostgreSQL server of its own");
  });

  it("shows no password", async () => {
    const { password } = new URL(server.connectionString);
    const { output } = await runDemoHere([repository.directory, "--db", server.connectionString]);
    expect(password).not.toBe("");
    expect(output).toMatch(/^The history of repository as events, in postgres(ql)?:\/\/\w+@/);
    expect(output).not.toContain(password);
    const wrong = await runDemoHere([repository.directory, "--db", "postgres:user:secret@host"], {
      directory: temporaryDirectory(),
    });
    expect(wrong).toMatchObject({
      exitCode: 2,
      errors: expect.stringMatching(/^that is no PostgreSQL connection string: /),
    });
    expect(wrong.errors).not.toContain("secret");
  });

  it("exits with 1 where no server answers", async () => {
    const outcome = await runDemoHere([repository.directory, "--db", "postgres://user:secret@127.0.0.1:1/none"]);
    expect(outcome).toMatchObject({ exitCode: 1, output: "", errors: expect.stringMatching(/^STORAGE_UNAVAILABLE: /) });
    expect(outcome.errors).not.toContain("secret");
  });
});
