import { randomUUID } from "node:crypto";
import { chmod, open } from "node:fs/promises";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { StructureFault, StructureStep } from "@eventfold/store/adapter";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { networkFileSystem } from "../src/inspection/network-file-system.ts";
import { freshFolder } from "./fresh-folder.ts";
import { preparedEvent, saveOf } from "./prepared-event.ts";

let folder: Awaited<ReturnType<typeof freshFolder>>;
let filename: string;
let adapter: SqliteEventStorageAdapter;

beforeEach(async () => {
  folder = await freshFolder();
  filename = join(folder.path, "app.db");
  adapter = await SqliteEventStorageAdapter.open({ filename });
  await adapter.storage.save(saveOf("a", [preparedEvent({ tags: ["x", "y"] }), preparedEvent(), preparedEvent()]));
  await adapter.storage.save(saveOf("b", 2));
  await adapter.storage.save(saveOf("a", [preparedEvent({ metadata: '{"by":"me"}', tags: ["y"] })]));
});
afterEach(async () => {
  await adapter.close();
  await folder.dispose();
});

/** Damages the file on a connection of its own, as somebody with a shell would. */
function damage(sql: string): void {
  const client = new BetterSqlite3(filename);
  client.unsafeMode(true);
  client.exec(sql);
  client.close();
}

async function stepsOf(checked = adapter): Promise<StructureStep[]> {
  const steps: StructureStep[] = [];
  for await (const step of checked.inspection.structure()) steps.push(step);
  return steps;
}

async function faultsOf(checked = adapter): Promise<StructureFault[]> {
  return (await stepsOf(checked)).filter((step) => step.kind === "fault");
}

const place = ([stream, position, sequenceNumber]: readonly [string, number, number]) => ({
  event: { category: "things", stream, position, sequenceNumber, id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
});

describe("the check of the structure", () => {
  it("finds nothing in a sound file, and says that it has come to the end", async () => {
    expect(await stepsOf()).toEqual([{ kind: "progress", checkedUpTo: 6, upTo: 6 }]);
  });

  it.each<readonly [string, string, readonly object[]]>([
    [
      "an event is deleted from the middle of a stream",
      "DELETE FROM eventfold_events WHERE sequence_number = 2",
      [{ fault: "position", ...place(["a", 2, 3]) }],
    ],
    [
      "the first event of a stream is deleted",
      "DELETE FROM eventfold_events WHERE sequence_number = 4",
      [{ fault: "position", ...place(["b", 1, 5]) }],
    ],
    [
      "a position is changed",
      "UPDATE eventfold_events SET position = 7 WHERE sequence_number = 6",
      [{ fault: "position", ...place(["a", 7, 6]) }],
    ],
    [
      "two events of a stream have exchanged their numbers",
      `UPDATE eventfold_events SET sequence_number = -1 WHERE sequence_number = 4;
       UPDATE eventfold_events SET sequence_number = 4 WHERE sequence_number = 5;
       UPDATE eventfold_events SET sequence_number = 5 WHERE sequence_number = -1`,
      [{ fault: "order", ...place(["b", 1, 4]) }],
    ],
    [
      "a number is negative",
      "UPDATE eventfold_events SET sequence_number = -3 WHERE sequence_number = 4",
      [{ fault: "range", ...place(["b", 0, -3]) }],
    ],
    [
      "a version is 0",
      "UPDATE eventfold_events SET version = 0 WHERE sequence_number = 2",
      [{ fault: "range", ...place(["a", 1, 2]) }],
    ],
    [
      "a time is in the year 10000",
      "UPDATE eventfold_events SET occurred_at = 253402300800000 WHERE sequence_number = 2",
      [{ fault: "range", ...place(["a", 1, 2]) }],
    ],
    [
      "a name is empty",
      "UPDATE eventfold_events SET name = '' WHERE sequence_number = 2",
      [{ fault: "range", ...place(["a", 1, 2]) }],
    ],
    [
      "a payload is cut",
      `UPDATE eventfold_events SET payload = '{"n":' WHERE sequence_number = 5`,
      [{ fault: "json", ...place(["b", 1, 5]) }],
    ],
    [
      "metadata are not JSON",
      "UPDATE eventfold_events SET metadata = '{by:1}' WHERE sequence_number = 6",
      [{ fault: "json", ...place(["a", 3, 6]) }],
    ],
    [
      "tags are an object",
      `UPDATE eventfold_events SET tags = '{"0":"y"}' WHERE sequence_number = 6`,
      [{ fault: "json", ...place(["a", 3, 6]) }],
    ],
    [
      "a row of the table of tags is deleted",
      "DELETE FROM eventfold_event_tags WHERE tag = 'x'",
      [{ fault: "tags", ...place(["a", 0, 1]) }],
    ],
    [
      "a row of the table of tags has another name",
      "UPDATE eventfold_event_tags SET name = 'z' WHERE tag = 'x'",
      [{ fault: "tags", ...place(["a", 0, 1]) }],
    ],
    [
      "a row of the table of tags is of no event",
      "INSERT INTO eventfold_event_tags VALUES ('z', 3, 'n'), ('zz', 4, 'n')",
      [
        { fault: "tags", event: { sequenceNumber: 3 } },
        { fault: "tags", event: { sequenceNumber: 4 } },
      ],
    ],
    [
      "the sequence is set back",
      "UPDATE sqlite_sequence SET seq = 2 WHERE name = 'eventfold_events'",
      [{ fault: "sequence", event: undefined }],
    ],
  ])("finds that %s", async (_, sql, expected) => {
    damage(sql);
    expect(await faultsOf()).toMatchObject(expected);
  });

  it("finds that an index lacks an event, so that its stream seems shorter than it is", async () => {
    damage(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = 'CREATE INDEX eventfold_events_by_category ON eventfold_events (category, sequence_number) WHERE sequence_number <> 3'
        WHERE name = 'eventfold_events_by_category';
      PRAGMA writable_schema = RESET;
      REINDEX eventfold_events_by_category`);
    damage(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = 'CREATE INDEX eventfold_events_by_category ON eventfold_events (category, sequence_number)'
        WHERE name = 'eventfold_events_by_category';
      PRAGMA writable_schema = RESET`);
    expect(await faultsOf()).toMatchObject([
      { fault: "index", message: expect.stringContaining("eventfold_events_by_category") },
      { fault: "index", message: expect.stringContaining("eventfold_events_by_category") },
    ]);
  });

  it("finds pages that were written over, says what it could not check, and does not say that it came to the end", async () => {
    await adapter.storage.save(
      saveOf(
        "c",
        Array.from({ length: 400 }, () => preparedEvent({ payload: `"${"x".repeat(300)}"` })),
      ),
    );
    await adapter.close();
    const file = await open(filename, "r+");
    await file.write(Buffer.alloc(4_096 * 8, 0xa5), 0, undefined, 4_096 * 20);
    await file.close();
    adapter = await SqliteEventStorageAdapter.open({ filename });
    const steps = await stepsOf();
    expect(steps).toContainEqual(expect.objectContaining({ kind: "fault", fault: "file" }));
    expect(steps).toContainEqual(expect.objectContaining({ kind: "unchecked", subject: "the events" }));
    expect(steps.filter((step) => step.kind === "progress" && step.checkedUpTo === step.upTo)).toEqual([]);
  });

  it.each([
    ["a payload was changed to other JSON", "UPDATE eventfold_events SET payload = '{}' WHERE sequence_number = 2"],
    ["metadata were removed", "UPDATE eventfold_events SET metadata = NULL WHERE sequence_number = 6"],
    ["the newest event of a stream was deleted", "DELETE FROM eventfold_events WHERE sequence_number = 5"],
    ["a stream was deleted", "DELETE FROM eventfold_events WHERE stream = 'b'"],
    ["a time was changed", "UPDATE eventfold_events SET occurred_at = 1 WHERE sequence_number = 2"],
  ])("cannot find that %s: only a digest shows it", async (_, sql) => {
    damage(sql);
    expect(await faultsOf()).toEqual([]);
  });

  it("checks a database in memory", async () => {
    const inMemory = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    await inMemory.storage.save(saveOf("a", 3));
    await inMemory.transaction(
      async ({ client }) => void client.exec("DELETE FROM eventfold_events WHERE position = 1"),
    );
    expect(await faultsOf(inMemory)).toMatchObject([{ fault: "position", event: { position: 2 } }]);
    await inMemory.close();
  });

  it("leaves out what a transaction has not committed", async () => {
    await adapter.transaction(async ({ client, storage }) => {
      await storage.save(saveOf("c", 2));
      client.exec("DELETE FROM eventfold_events WHERE stream = 'c' AND position = 0");
      expect(await stepsOf()).toEqual([{ kind: "progress", checkedUpTo: 6, upTo: 6 }]);
    });
  });

  it("rejects at the next step when it is aborted, with the reason, and ends its thread when the caller breaks off", async () => {
    const abort = new AbortController();
    damage("DELETE FROM eventfold_event_tags");
    const steps = adapter.inspection.structure({ signal: abort.signal })[Symbol.asyncIterator]();
    await steps.next();
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(steps.next().then(() => steps.next())).rejects.toBe(reason);
    for await (const step of adapter.inspection.structure()) {
      expect(step.kind).toBe("fault");
      break;
    }
  });
});

describe("the status", () => {
  it("says how far the log has come and what takes space, and counts nothing", async () => {
    await adapter
      .transaction(async ({ storage, rollbackWith }) => {
        await storage.save(saveOf("c", 1));
        rollbackWith?.(new Error("no"));
      })
      .catch(() => {});
    const status = await adapter.inspection.status();
    expect(status).toMatchObject({
      engine: expect.stringMatching(/^SQLite 3\.\d+/),
      orderingGuarantee: "log",
      newestNumber: 6,
      lastNumber: 6, // the number of what was rolled back is given again
      events: undefined,
    });
    expect(status.migrations).toEqual(await adapter.migrations());
    expect(status.sizes).toContainEqual({ name: "eventfold_events", kind: "table", bytes: 4_096 });
    expect(status.sizes).toContainEqual({ name: "eventfold_events_by_id", kind: "index", bytes: 4_096 });
    expect(status.sizes).toContainEqual({ name: "write-ahead log", kind: "file", bytes: expect.any(Number) });
    expect(status.sizes.map(({ bytes }) => bytes)).toEqual(
      status.sizes.map(({ bytes }) => bytes).sort((a, b) => b - a),
    );
  });
});

describe("the diagnosis", () => {
  const adverse = async () => (await adapter.inspection.diagnose()).filter(({ severity }) => severity !== "sound");

  it("finds nothing adverse in a file as the library makes it", async () => {
    expect(await adapter.inspection.diagnose()).toEqual([
      { severity: "sound", subject: "journal mode", seen: "wal" },
      { severity: "sound", subject: "synchronous", seen: "full" },
      { severity: "sound", subject: "integrity", seen: "quick_check finds nothing" },
      { severity: "sound", subject: "file system", seen: expect.any(String) },
      { severity: "sound", subject: "write-ahead log", seen: expect.stringMatching(/^\d+ bytes$/) },
      { severity: "sound", subject: "permissions", seen: expect.stringMatching(/^\d{3}$/) },
    ]);
  });

  it("tells that the newest events may be missing after a crash of the machine", async () => {
    await adapter.close();
    adapter = await SqliteEventStorageAdapter.open({ filename, synchronous: "normal" });
    expect(await adverse()).toMatchObject([{ severity: "notice", subject: "synchronous", seen: "normal" }]);
  });

  it("tells of a file that anybody may write to, and of a damaged one first", async () => {
    await chmod(filename, 0o666);
    damage(`PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'eventfold_events_by_id'`);
    expect(await adverse()).toMatchObject([
      { severity: "danger", subject: "integrity" },
      { severity: "warning", subject: "permissions" },
    ]);
  });

  it("tells of a write-ahead log that grows because somebody reads on and on", async () => {
    const reader = new BetterSqlite3(filename, { readonly: true });
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM eventfold_events").get();
    const payload = JSON.stringify("x".repeat(1_000_000));
    for (let n = 0; n < 7; n++)
      await adapter.storage.save(
        saveOf(
          "c",
          Array.from({ length: 10 }, () => preparedEvent({ payload, id: randomUUID() })),
        ),
      );
    expect(await adverse()).toMatchObject([{ severity: "warning", subject: "write-ahead log" }]);
    reader.close();
  });

  it("knows network file systems by their numbers on Linux", () => {
    expect(networkFileSystem(0x6969)).toBe("NFS");
    expect(networkFileSystem(0xff534d42 | 0)).toBe("CIFS"); // as a signed number
    expect(networkFileSystem(0xef53)).toBeUndefined(); // ext4
  });

  it("says of a database in memory that it will be gone", async () => {
    const inMemory = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    expect(await inMemory.inspection.diagnose()).toMatchObject([
      { severity: "notice", subject: "file" },
      { severity: "sound", subject: "synchronous" },
      { severity: "sound", subject: "integrity" },
    ]);
    await inMemory.close();
  });
});
