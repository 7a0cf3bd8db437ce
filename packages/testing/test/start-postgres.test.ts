import { access, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
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

  it("starts further servers on copies of the first one's files where templates are kept", async () => {
    const templates = await mkdtemp(join(tmpdir(), "eventfold-templates-"));
    vi.stubEnv("EVENTFOLD_POSTGRES_TEMPLATES", templates);
    try {
      const identifiers: unknown[] = [];
      for (const name of ["first", "second"]) {
        await using other = await startPostgres({ dedicated: true });
        await queryRows(other.connectionString, `create table ${name} (number int)`);
        const statement = `select system_identifier from pg_control_system() where to_regclass('first') is ${name === "first" ? "not " : ""}null`;
        identifiers.push(...(await queryRows(other.connectionString, statement)));
      }
      expect(identifiers).toHaveLength(2);
      expect(identifiers[1]).toBe(identifiers[0]);
      expect(await readdir(templates)).toHaveLength(1);
    } finally {
      vi.unstubAllEnvs();
      await rm(templates, { recursive: true });
    }
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
