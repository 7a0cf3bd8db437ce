import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore } from "@eventfold/store";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/commands/commands.ts";
import { runEventfold, runForJson } from "./support/run-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

/** A directory with a log `app.db` of one stream, `things/1`, changed by SQL afterwards. */
async function directoryWithLog(payloads: readonly unknown[], sql = ""): Promise<string> {
  const directory = temporaryDirectory();
  const filename = join(directory, "app.db");
  await using adapter = await SqliteEventStorageAdapter.open({ filename });
  const stream = new EventStore({ adapter }).stream({ category: "things", stream: "1" });
  await stream.publish({ events: payloads.map((payload) => ({ name: "happened", payload })) });
  const client = new BetterSqlite3(filename);
  client.exec(sql);
  client.close();
  return directory;
}

describe("a log that is not as it should be", () => {
  it("is refused when its schema is newer, and left alone", async () => {
    const directory = await directoryWithLog(
      [1],
      "INSERT INTO eventfold_migrations VALUES ('events', 99, 'from-the-future', 'x', 0, 0)",
    );
    for (const words of [["tail"], ["show", "things/1"], ["status"]]) {
      const [name = "", ...rest] = words;
      const { exitCode, out, error } = await runEventfold([name, "sqlite:app.db", ...rest], { directory });
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
      expect(error).toMatch(/^SCHEMA_TOO_NEW: .*Update/);
    }
  });

  it("is shown although a payload is damaged", async () => {
    const directory = await directoryWithLog(
      [1, 2],
      "UPDATE eventfold_events SET payload = '{\"a\":' WHERE position = 1",
    );
    const { out } = await runEventfold(["show", "sqlite:app.db", "things/1"], { directory });
    expect(out).toContain('payload   {"a":\n');
    const [, damaged] = await runForJson(["show", "sqlite:app.db", "things/1"], { directory });
    expect(damaged).toMatchObject({ position: 1, payload: '{"a":' });
  });

  it("is followed past events that cannot be read, which are named", async () => {
    const damage = "UPDATE eventfold_events SET payload = '{\"a\":' WHERE position IN (1, 3)";
    const directory = await directoryWithLog([0, 1, 2, 3, 4], damage);
    const { exitCode, out, error } = await runEventfold(["tail", "sqlite:app.db", "--limit", "2"], { directory });
    expect(exitCode).toBe(4);
    expect(out.match(/position \d/g)).toEqual(["position 2", "position 4"]);
    expect(error).toMatch(/^UNREADABLE_EVENT: The event with sequence number 4 cannot be read/);
    const json = await runEventfold(["tail", "sqlite:app.db", "--json"], { directory });
    expect(
      json.out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).position),
    ).toEqual([0, 2, 4]);
    expect(
      json.error
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).error),
    ).toMatchObject([
      { code: "UNREADABLE_EVENT", exitCode: 4 },
      { code: "UNREADABLE_EVENT", exitCode: 4 },
    ]);
  });

  it("is refused where its address is that of a directory", async () => {
    const directory = temporaryDirectory();
    for (const name of ["status", "tail", "migrate"]) {
      const { exitCode, error } = await runEventfold([name, "sqlite:."], { directory });
      expect({ exitCode, error }).toEqual({
        exitCode: 1,
        error: `NOT_A_DATABASE: ${JSON.stringify(directory)} is not a file.\n`,
      });
    }
  });

  it("shows the beginning of a huge payload, and all of it when asked", async () => {
    const huge = "é".repeat(100_000);
    const directory = await directoryWithLog([huge]);
    const { out } = await runEventfold(["show", "sqlite:app.db", "things/1"], { directory });
    expect(out.length).toBeLessThan(3_000);
    expect(out).toContain("the beginning of 200,002 bytes; --full shows all");
    const full = await runEventfold(["show", "sqlite:app.db", "things/1", "--full"], { directory });
    expect(full.out).toContain(huge);
    expect(await runForJson(["show", "sqlite:app.db", "things/1"], { directory })).toMatchObject([{ payload: huge }]);
  });

  it("keeps every digit of a payload for programs", async () => {
    const directory = await directoryWithLog([0], "UPDATE eventfold_events SET payload = '12345678901234567890.50'");
    const { out } = await runEventfold(["show", "sqlite:app.db", "things/1", "--json"], { directory });
    expect(out).toContain('"payload":12345678901234567890.50,');
    expect((await runEventfold(["show", "sqlite:app.db", "things/1"], { directory })).out).toContain(
      "payload   12345678901234567890.50\n",
    );
  });
});

describe("a database that is none of ours", () => {
  it.each([
    ["another database", (file: string) => new BetterSqlite3(file).exec("CREATE TABLE others (text TEXT)").close()],
    ["an empty file", (file: string) => writeFileSync(file, "")],
    ["a text", (file: string) => writeFileSync(file, "hello ".repeat(1_000))],
  ])("is refused and left as it is when it is %s", async (_, make) => {
    const directory = temporaryDirectory();
    const file = join(directory, "other.db");
    make(file);
    const before = readFileSync(file);
    const { exitCode, out } = await runEventfold(["tail", "sqlite:other.db"], { directory });
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(directory)).toEqual(["other.db"]);
  });
});

describe("names that are no names", () => {
  it.each([
    ["streams", "a\u0000b"],
    ["streams", ""],
    ["streams", "x".repeat(200)],
    ["show", "things/\ud800"],
    ["show", "things/"],
    ["show", "%/1"],
    ["tail", "--category", "\u0007"],
    ["tail", "--name", "\n"],
    ["search", ""],
    ["event", "../../etc/passwd"],
    ["trace", "%00"],
  ])("are refused by %s %j", async (name, ...words) => {
    const directory = await directoryWithLog([1]);
    const { exitCode, out, error } = await runEventfold([name, "sqlite:app.db", ...words], { directory });
    expect(exitCode).toBeGreaterThan(0);
    expect(out).toBe("");
    expect(error).not.toBe("");
    expect(error).not.toMatch(/^\s+at /m);
  });
});

describe("every command", () => {
  it.each(COMMANDS.map(({ name, ...command }) => [name, command] as const))(
    "%s says in its help what it does, with an example",
    async (name, { summary, examples }) => {
      const { exitCode, out } = await runEventfold([...name.split(" "), "--help"]);
      expect(exitCode).toBe(0);
      expect(out.replaceAll(/\s+/g, " ")).toContain(summary);
      expect(examples.length).toBeGreaterThan(0);
      for (const { line, explanation } of examples) {
        expect(line).toContain("eventfold");
        expect(explanation).toMatch(/\.$/);
        expect(out).toContain(line);
      }
    },
  );

  it.each(
    COMMANDS.filter(({ needsDatabase }) => needsDatabase).map(({ name, operands = [] }) => [name, operands] as const),
  )("%s makes no database where there is none to look into", async (name, operands) => {
    if (name === "import" || name === "migrate") return; // these are there to make one
    const directory = temporaryDirectory();
    const words = operands.filter(({ isOptional }) => !isOptional).map(({ choices }) => choices?.[0] ?? "a/b");
    const { exitCode, out } = await runEventfold([...name.split(" "), "sqlite:none.db", ...words], { directory });
    expect(exitCode).toBeGreaterThan(0);
    expect(out).toBe("");
    expect(readdirSync(directory)).toEqual([]);
  });
});
