import {
  MemoryEventStorageAdapter,
  MemoryProcessingStorageAdapter,
  MemoryProjectionStorageAdapter,
} from "@eventfold/adapter-memory";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { describe, it } from "vitest";
import { expectTracedRequest } from "./traced-request.ts";

describe("the trace of a request", () => {
  it("shows the publish, with the handling of each subscription linked to it, in memory", async () => {
    await using adapter = await MemoryEventStorageAdapter.open();
    await using projections = await MemoryProjectionStorageAdapter.open({ shareWith: adapter });
    await using storage = await MemoryProcessingStorageAdapter.open();
    await expectTracedRequest({ adapter, projections, storage, commits: undefined });
  });

  it("shows the commit too, on SQLite", async () => {
    await using adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    await using projections = await SqliteProjectionStorageAdapter.open({ shareWith: adapter });
    await using storage = await SqliteProcessingStorageAdapter.open({ shareWith: adapter });
    await expectTracedRequest({ adapter, projections, storage, commits: "sqlite" });
  });
});
