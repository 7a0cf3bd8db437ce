import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { EventStore } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idOf, linksOf, parentOf, RecordedTelemetry } from "./recorded-telemetry.ts";
import { expectTracedRequest } from "./traced-request.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describe("on PostgreSQL", () => {
  it("the trace of a request shows publish and commit, with the handling of each subscription linked to it", async () => {
    const connectionString = await server.createDatabase();
    await using adapter = await PostgresEventStorageAdapter.open({ connectionString });
    await using projections = await PostgresProjectionStorageAdapter.open({ shareWith: adapter });
    await using storage = await PostgresProcessingStorageAdapter.open({ shareWith: adapter });
    await expectTracedRequest({ adapter, projections, storage, commits: "postgresql" });
  });

  it("publishes that share a commit are linked with it", async () => {
    await using adapter = await PostgresEventStorageAdapter.open({ connectionString: await server.createDatabase() });
    using recorded = RecordedTelemetry.begin();
    const users = new EventStore({ adapter }).category("users");
    const events = [{ name: "user-registered", payload: null }];
    await Promise.all(["u-1", "u-2", "u-3"].map((stream) => users.stream(stream).publish({ events })));
    const commits = recorded.named("commit");
    const publishes = recorded.named("publish users");
    const related = commits.flatMap((commit) => [parentOf(commit), ...linksOf(commit)]);
    expect(related.toSorted()).toEqual(publishes.map(idOf).toSorted());
    const backwards = publishes.filter((span) => !commits.some((commit) => parentOf(commit) === idOf(span)));
    for (const span of backwards) expect(commits.map(idOf)).toContain(linksOf(span)[0]);
  });
});
