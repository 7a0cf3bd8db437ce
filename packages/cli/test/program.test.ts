import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { runEventfold, runForJson } from "./support/run-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

/** A file with one event in each of these categories. */
async function makeLog(filename: string, categories: readonly string[]): Promise<void> {
  await using adapter = await SqliteEventStorageAdapter.open({ filename });
  const store = new EventStore({ adapter });
  for (const category of categories) {
    await store.stream({ category, stream: "1" }).publish({ events: [{ name: "happened", payload: null }] });
  }
}

describe("eventfold", () => {
  it("prints lines for people and JSON for programs", async () => {
    const directory = temporaryDirectory();
    await makeLog(join(directory, "app.db"), ["users", "orders"]);
    const { out, error, exitCode } = await runEventfold(["categories", "sqlite:app.db"], { directory });
    expect({ out, error, exitCode }).toEqual({ out: "orders\nusers\n", error: "", exitCode: 0 });
    expect(await runForJson(["categories", "sqlite:app.db"], { directory })).toEqual([
      { category: "orders" },
      { category: "users" },
    ]);
  });

  it("does not make a database that it is to look into", async () => {
    const directory = temporaryDirectory();
    const { exitCode, error } = await runEventfold(["categories", "sqlite:app.db"], { directory });
    expect(exitCode).toBe(1);
    expect(error).toContain("There is no file");
    expect(existsSync(join(directory, "app.db"))).toBe(false);
  });

  it.each([
    [["categories"], "missing required argument 'database'"],
    [["categories", "users"], "not the address of a database"],
    [["categories", "sqlite:"], "names no file"],
    [["categories", "sqlite::memory:"], "in memory"],
    [["categories", "postgres:user:secret@host"], "no PostgreSQL connection string"],
    [["categories", "postgres://user:secret@db1:5432,,db2:5432/app"], "no PostgreSQL connection string"],
    [["categories", "sqlite:app.db", "users"], "too many arguments"],
    [["categories", "--config", "none.ts"], "There is no config"],
    [["categorise"], "unknown command"],
    [["categories", "sqlite:app.db", "--yes"], "unknown option"],
  ])("refuses %j", async (words, message) => {
    const { exitCode, out, error } = await runEventfold(words, { directory: temporaryDirectory() });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(error).toContain(message);
    expect(error).not.toContain("secret");
  });

  it("does not quote a password of what it refuses", async () => {
    const address = "postgres://ada:s3cr@t@localhost/app?password=other";
    for (const words of [
      ["categories", address, "users"],
      ["categories", address, "users", "--json"],
      ["tail", "sqlite:app.db", `--limit=${address}`],
      [address],
    ]) {
      const { exitCode, error } = await runEventfold(words);
      expect(exitCode).toBe(2);
      expect(error).toContain("postgres://ada@localhost/app");
      expect(error).not.toMatch(/s3cr|other/);
    }
  });

  it("tells programs of words that make no sense in JSON", async () => {
    const { exitCode, out, error } = await runEventfold(["tail", "sqlite:app.db", "--limit", "x", "--json"]);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(JSON.parse(error)).toEqual({
      error: { code: null, message: expect.stringMatching(/^option '--limit <count>' argument 'x' /), exitCode: 2 },
    });
    const notAsked = await runEventfold(["tail", "--", "--json", "sqlite:app.db"]);
    expect(notAsked.error).toMatch(/^error: /);
  });

  it("tells programs of an error in JSON", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "app.db"), "no database at all, but long enough to be looked at as one");
    const { exitCode, error } = await runEventfold(["categories", "sqlite:app.db", "--json"], { directory });
    expect(exitCode).toBe(1);
    expect(JSON.parse(error)).toMatchObject({ error: { code: "NOT_A_DATABASE", exitCode: 1 } });
  });

  it("writes nothing to the terminal that could act on it", async () => {
    const directory = temporaryDirectory();
    await makeLog(join(directory, "app.db"), ["a\u202eb", "c\u200bd"]);
    const { out } = await runEventfold(["categories", "sqlite:app.db"], { directory });
    expect(out).toBe("a\\u{202e}b\nc\\u{200b}d\n");
    const json = await runEventfold(["categories", "sqlite:app.db", "--json"], { directory });
    expect(json.out).toBe('{"category":"a\\u202eb"}\n{"category":"c\\u200bd"}\n');
    for (const words of [["categories", "\u001b[31m"], ["\u001b[31m"], ["categories", "sqlite:\u001b[31m"]]) {
      expect((await runEventfold(words, { directory })).error).not.toContain("\u001b");
    }
  });
});
