import { readFile, writeFile } from "node:fs/promises";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { describe, expect, it } from "vitest";
import { schemaDump } from "../schema-dump.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
const golden = new URL("../golden/projections.txt", import.meta.url);

describe("the schema of projections", () => {
  it("is the one that was reviewed", async () => {
    const indexes = [{ projection: "account", path: "state.owner.city" }];
    await (await PostgresProjectionStorageAdapter.open({ connectionString, schema: "views", indexes })).close();
    const dump = await schemaDump(connectionString, "views");
    if (process.env.EVENTFOLD_UPDATE_GOLDEN) await writeFile(golden, dump);
    expect(dump).toBe(await readFile(golden, "utf8"));
  });
});
