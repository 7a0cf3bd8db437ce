import { access } from "node:fs/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PostgresTestServer } from "../src/postgres/index.ts";
import { startPostgres } from "../src/postgres/index.ts";

async function queryRows(connectionString: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query({ text, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

describe("startPostgres", () => {
  let server: PostgresTestServer;
  beforeAll(async () => {
    server = await startPostgres({ dedicated: true });
  });
  afterAll(() => server.stop());

  it("gives an empty database in UTF-8", async () => {
    expect(await queryRows(server.connectionString, "show server_encoding")).toEqual(["UTF8"]);
  });

  it("copies a template into databases that are apart", async () => {
    const template = await server.createDatabase();
    await queryRows(template, "create table numbers as select 1 as number");
    const [first, second] = [await server.createDatabase({ template }), await server.createDatabase({ template })];
    await queryRows(first, "insert into numbers values (2)");
    expect(await queryRows(first, "select number from numbers")).toEqual([1, 2]);
    expect(await queryRows(second, "select number from numbers")).toEqual([1]);
  });

  it("starts again on the same files after a crash", async () => {
    await queryRows(server.connectionString, "create table survivors (number int)");
    await server.process?.kill("SIGKILL");
    expect(server.process?.pid).toBeUndefined();
    await server.process?.start();
    expect(await queryRows(server.connectionString, "select count(*)::int from survivors")).toEqual([0]);
  });

  it("uses a running server, and drops its databases at the end", async () => {
    const guest = await startPostgres({ connectionString: server.connectionString });
    expect(guest.process).toBeUndefined();
    await guest.stop();
    await expect(queryRows(guest.connectionString, "select 1")).rejects.toMatchObject({ code: "3D000" });
  });

  it("leaves nothing behind", async () => {
    const other = await startPostgres({ dedicated: true });
    const [folder] = await queryRows(other.connectionString, "show data_directory");
    const pid = other.process?.pid ?? 0;
    await Promise.all([other.stop(), other.stop()]);
    await expect(access(String(folder))).rejects.toMatchObject({ code: "ENOENT" });
    expect(() => process.kill(pid, 0)).toThrow();
  });
});
