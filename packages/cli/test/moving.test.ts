import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { consumeAll, subscription } from "@eventfold/processing";
import { EventStore, StorageFullError } from "@eventfold/store";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { makeFile } from "../src/database/new-file.ts";
import { reportTransfer } from "../src/output/transfer-report.ts";
import { InterruptedError } from "../src/program/interruption.ts";
import { runEventfold, runForJson } from "./support/run-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

/** A directory with `app.db`: events in two categories, in one publish. */
async function directoryWithLog(events = 10): Promise<string> {
  const directory = temporaryDirectory();
  await using adapter = await SqliteEventStorageAdapter.open({ filename: join(directory, "app.db") });
  const store = new EventStore({ adapter });
  const half = Array.from({ length: events / 2 }, (_, n) => ({ name: "happened", payload: { n } }));
  await store.publish([
    { category: "users", stream: "1", events: half },
    { category: "orders", stream: "1", events: half },
  ]);
  return directory;
}

async function digestOf(directory: string, file: string): Promise<unknown> {
  const [digest] = await runForJson(["digest", `sqlite:${file}`], { directory });
  return digest;
}

describe("eventfold export and import", () => {
  it("write a log to a file, and store it in a database that is made", async () => {
    const directory = await directoryWithLog();
    const exported = await runEventfold(["export", "sqlite:app.db", "app.ndjson.gz"], { directory });
    expect(exported).toMatchObject({ exitCode: 0, error: "" });
    expect(exported.out).toMatch(
      /^Exported 10 events, up to sequence number 10, to app\.ndjson\.gz\.\nDigest [0-9a-f]{64}\n$/,
    );
    const imported = await runEventfold(["import", "sqlite:copy.db", "app.ndjson.gz"], { directory });
    expect(imported).toMatchObject({ exitCode: 0, out: "Stored 10 of 10 events in sqlite:copy.db.\n" });
    expect(await digestOf(directory, "copy.db")).toEqual(await digestOf(directory, "app.db"));
    const again = await runEventfold(["import", "sqlite:copy.db", "app.ndjson.gz"], { directory });
    expect(again.out).toBe("Stored 0 of 10 events in sqlite:copy.db, which had the others.\n");
  });

  it("take parts, and say in JSON what they did", async () => {
    const directory = await directoryWithLog();
    const first = ["export", "sqlite:app.db", "1.ndjson", "--up-to", "4"];
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await runForJson(first, { directory })).toEqual([
      { file: "1.ndjson", events: 4, upTo: 4, digest, sha256: digest },
    ]);
    await runForJson(["export", "sqlite:app.db", "2.ndjson", "--after", "4"], { directory });
    await runForJson(["import", "sqlite:copy.db", "1.ndjson"], { directory });
    expect(await runForJson(["import", "sqlite:copy.db", "2.ndjson"], { directory })).toMatchObject([
      { events: 6, upTo: 10, archive: { events: 6, horizon: 10 } },
    ]);
    expect(await digestOf(directory, "copy.db")).toEqual(await digestOf(directory, "app.db"));
  });

  it("refuse words in the wrong order, and an archive without a name, before they do anything", async () => {
    const directory = temporaryDirectory();
    const importing = await runEventfold(["import", "app.ndjson", "sqlite:app.db"], { directory });
    expect(importing).toMatchObject({ exitCode: 2, error: "The database comes first, and then the archive.\n" });
    const exporting = await runEventfold(["export", "sqlite:app.db", "-"], { directory });
    expect(exporting).toMatchObject({ exitCode: 2, error: expect.stringContaining("give a name") });
    expect(readdirSync(directory)).toEqual([]);
  });

  it("name what a killed export has left, and leave it alone", async () => {
    const directory = await directoryWithLog();
    const left = ["app.ndjson.0123abcd.partial", "app.ndjson.gz.0123abcd.partial", "app.ndjson.old.partial"];
    for (const name of left) writeFileSync(join(directory, name), "half");
    const { out } = await runEventfold(["export", "sqlite:app.db", "app.ndjson"], { directory });
    expect(out).toMatch(/^app\.ndjson\.0123abcd\.partial is of an export that is under way, or .*\nExported 10 events/);
    expect(readdirSync(directory)).toEqual(expect.arrayContaining([...left, "app.ndjson"]));
  });

  it("refuse what they cannot do, by its code", async () => {
    const directory = await directoryWithLog();
    writeFileSync(join(directory, "there.ndjson"), "mine");
    const codeOf = async (words: readonly string[]) => {
      const { exitCode, error } = await runEventfold([...words, "--json"], { directory });
      return [exitCode, JSON.parse(error).error.code];
    };
    expect(await codeOf(["export", "sqlite:app.db", "there.ndjson"])).toEqual([1, "ARCHIVE_EXISTS"]);
    expect(await codeOf(["import", "sqlite:app.db", "there.ndjson"])).toEqual([1, "NOT_AN_ARCHIVE"]);
    expect(await codeOf(["import", "sqlite:app.db", "none.ndjson"])).toEqual([1, "ENOENT"]);
    const missing = await runEventfold(["import", "sqlite:new.db", "none.ndjson"], { directory });
    expect(missing.error).toMatch(/^ENOENT: no such file or directory, access '.*none\.ndjson'\n$/);
    expect(existsSync(join(directory, "new.db"))).toBe(false);
    const { exitCode } = await runEventfold(["export", "sqlite:app.db", "x.ndjson", "--up-to", "-1"], { directory });
    expect(exitCode).toBe(2);
  });
});

describe("a file that is made for a database", () => {
  it("is not left behind by an archive that is refused", async () => {
    const directory = await directoryWithLog();
    writeFileSync(join(directory, "none.ndjson"), "mine");
    await runEventfold(["export", "sqlite:app.db", "2.ndjson", "--after", "4"], { directory });
    for (const [archive, code] of [
      ["none.ndjson", "NOT_AN_ARCHIVE"],
      ["2.ndjson", "OTHER_LOG"],
    ]) {
      const { error } = await runEventfold(["import", "sqlite:new.db", archive ?? ""], { directory });
      expect(error).toMatch(new RegExp(`^${code}`));
      expect(readdirSync(directory).filter((name) => name.startsWith("new"))).toEqual([]);
    }
  });

  it("stays where somebody else had made it, or has it open, or has put another one in its place", async () => {
    const directory = temporaryDirectory();
    const path = join(directory, "new.db");
    const made = makeFile(path);
    expect(makeFile(path)).toBeUndefined();
    const other = new BetterSqlite3(path);
    other.pragma("journal_mode = WAL");
    other.exec("CREATE TABLE theirs (n)");
    made?.remove();
    expect(existsSync(path)).toBe(true);
    other.close();
    renameSync(path, `${path}.old`);
    writeFileSync(path, "another");
    made?.remove();
    expect(readFileSync(path, "utf8")).toBe("another");
    expect(makeFile(join(directory, "nowhere", "new.db"))).toBeUndefined();
  });
});

describe("eventfold copy", () => {
  it("stores a log in another database, with its subscriptions", async () => {
    const directory = await directoryWithLog();
    const handled: number[] = [];
    const handle = async (file: string): Promise<void> => {
      await using adapter = await SqliteEventStorageAdapter.open({ filename: join(directory, file) });
      await using storage = await SqliteProcessingStorageAdapter.open({ shareWith: adapter });
      const source = new EventStore({ adapter }).log();
      const mails = subscription({
        name: "mails",
        source,
        handleEvent: (event) => void handled.push(event.sequenceNumber),
      });
      await consumeAll(mails, { storage });
    };
    await handle("app.db");
    const copied = await runEventfold(["copy", "sqlite:app.db", "sqlite:copy.db", "--subscriptions"], { directory });
    expect(copied).toMatchObject({ exitCode: 0, error: "" });
    expect(copied.out).toBe(
      "Stored 10 events in sqlite:copy.db; it has all up to sequence number 10.\nTook the subscription mails along.\n",
    );
    await handle("copy.db");
    expect(handled).toHaveLength(10);
  });

  it("follows its source until it is interrupted, and says so", async () => {
    const directory = await directoryWithLog();
    const stopping = new AbortController();
    const copying = runForJson(["copy", "sqlite:app.db", "sqlite:copy.db", "--follow"], {
      directory,
      signal: stopping.signal,
    });
    await using adapter = await SqliteEventStorageAdapter.open({ filename: join(directory, "app.db") });
    const stream = new EventStore({ adapter }).stream({ category: "users", stream: "1" });
    await stream.publish({ events: [{ name: "late", payload: null }] });
    stopping.abort(new InterruptedError(130));
    expect(await copying).toMatchObject([{ events: 11, upTo: 11 }]);
  });
});

describe("eventfold verify", () => {
  it("finds a sound log sound, by itself, by its digest and against a copy", async () => {
    const directory = await directoryWithLog();
    const { out } = await runEventfold(["digest", "sqlite:app.db", "--json"], { directory });
    writeFileSync(join(directory, "app.digest.json"), out);
    await runEventfold(["copy", "sqlite:app.db", "sqlite:copy.db"], { directory });
    const structure = "Structure: sound, up to sequence number 10.\n";
    const content = `${structure}Content: equal, 10 events up to sequence number 10.\n`;
    const verify = async (...words: string[]) => runEventfold(["verify", "sqlite:app.db", ...words], { directory });
    expect(await verify()).toMatchObject({ exitCode: 0, out: structure });
    expect(await verify("--digest", "app.digest.json")).toMatchObject({ exitCode: 0, out: content });
    expect(await verify("--against", "sqlite:copy.db")).toMatchObject({ exitCode: 0, out: content });
  });

  it("says what differs, and ends with a code of its own", async () => {
    const directory = await directoryWithLog();
    await runEventfold(["copy", "sqlite:app.db", "sqlite:copy.db"], { directory });
    const client = new BetterSqlite3(join(directory, "app.db"));
    client.exec(`update eventfold_events set payload = '{"n":9}' where sequence_number = 7`);
    client.exec("delete from eventfold_events where sequence_number = 2");
    client.close();
    const words = ["verify", "sqlite:app.db", "--against", "sqlite:copy.db"];
    const { exitCode, out } = await runEventfold(words, { directory });
    expect(exitCode).toBe(4);
    for (const line of [
      /^position {2}/m,
      /^Structure: damaged, up to sequence number 10\.$/m,
      /^differs {2}users: 4 events, 5 expected$/m,
      /^missing {2}event 2, position 1 of 1 in users$/m,
      /^changed {2}event 7, position 1 of 1 in orders$/m,
      /^Content: different, up to sequence number 10\.$/m,
    ]) {
      expect(out).toMatch(line);
    }
    const json = await runEventfold([...words, "--json"], { directory });
    expect(JSON.parse(json.out)).toMatchObject({ isSound: false, content: { isEqual: false } });
  });

  it("refuses a digest that is none, and two references", async () => {
    const directory = await directoryWithLog();
    writeFileSync(join(directory, "digest.json"), "{}");
    const withDigest = ["verify", "sqlite:app.db", "--digest", "digest.json"];
    expect(await runEventfold(withDigest, { directory })).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining("is not a digest"),
    });
    expect(await runEventfold([...withDigest, "--against", "sqlite:app.db"], { directory })).toMatchObject({
      exitCode: 2,
    });
  });
});

describe("reportTransfer", () => {
  const startProgress = () => ({ update: () => undefined, stop: () => undefined });
  const progress = { events: 2_000, upTo: 2_345, until: 9_000 };

  it("says what was stored, and what to do, when it is stopped", async () => {
    const stopping = new AbortController();
    const options = { title: "Copying", kept: "stored", signal: stopping.signal, startProgress };
    const stopped = reportTransfer(options, async (onProgress) => {
      onProgress(progress);
      stopping.abort(new InterruptedError(130));
      stopping.signal.throwIfAborted();
    });
    await expect(stopped).rejects.toMatchObject({
      exitCode: 130,
      message: "Stopped. 2,000 events stored before, up to sequence number 2,345. Run it again to go on.",
    });
  });

  it("says that nothing is left of what is kept as a whole or not at all", async () => {
    const stopping = new AbortController();
    const options = { title: "Exporting", kept: undefined, signal: stopping.signal, startProgress };
    const stopped = reportTransfer(options, async (onProgress) => {
      onProgress(progress);
      stopping.abort(new InterruptedError(130));
      stopping.signal.throwIfAborted();
    });
    await expect(stopped).rejects.toMatchObject({
      exitCode: 130,
      message: "Stopped. Nothing is left of it: run it again to begin anew.",
    });
  });

  it("says what was stored when it fails, with the code of what it failed for", async () => {
    const { signal } = new AbortController();
    const failed = reportTransfer({ title: "Copying", kept: "stored", signal, startProgress }, async (onProgress) => {
      onProgress(progress);
      throw new StorageFullError("The disk is full.");
    });
    await expect(failed).rejects.toMatchObject({
      code: "STORAGE_FULL",
      message: "The disk is full. 2,000 events stored before, up to sequence number 2,345.",
    });
  });
});
