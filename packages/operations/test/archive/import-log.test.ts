import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { digestLog, exportLog, type ImportOptions, importLog } from "../../src/index.ts";
import { makeDirectory, openEmptyLog, openSampleLog, publishSamples } from "../support/sample-log.ts";

async function exported({ events = 10, name = "log.ndjson" } = {}) {
  const from = await openSampleLog(events);
  const file = join(makeDirectory(), name);
  await exportLog({ from, to: file });
  return { from, file };
}

/** The same archive with changed lines, and a trailer that fits them. */
function rewrite(file: string, change: (line: string, index: number) => string): void {
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1).map(change);
  const covered = lines.join("\n").replace(/,"sha256":"[0-9a-f]+"\}$/, "");
  const sha256 = createHash("sha256").update(covered).digest("hex");
  writeFileSync(file, `${covered},"sha256":"${sha256}"}\n`);
}

async function publishOne(adapter: MemoryEventStorageAdapter, stream: string) {
  const source = new EventStore({ adapter }).stream({ category: "rivals", stream });
  return (await source.publish({ events: [{ name: "came-between", payload: null }] }))[0];
}

describe("importLog", () => {
  it.each(["log.ndjson", "log.ndjson.gz", "log.ndjson.zst"])("stores what %s has, as it was", async (name) => {
    const { from, file } = await exported({ name });
    const to = await openEmptyLog();
    const imported = await importLog({ from: file, to });
    expect(imported).toMatchObject({
      events: 10,
      newest: { sequenceNumber: 10 },
      header: { format: 1 },
      trailer: { events: 10 },
    });
    expect(await new EventStore({ adapter: to }).log().read()).toEqual(
      await new EventStore({ adapter: from }).log().read(),
    );
    expect(await digestLog({ of: to })).toEqual(await digestLog({ of: from }));
  });

  it("decodes in a thread of its own", async () => {
    const { file } = await exported();
    const to = await openEmptyLog();
    let threads = 0;
    const count = () => {
      threads += 1;
    };
    process.on("worker", count);
    await importLog({ from: file, to });
    process.off("worker", count);
    expect(threads).toBe(1);
  });

  it("finds out by the content how a file is compressed", async () => {
    const { file } = await exported();
    writeFileSync(file, gzipSync(readFileSync(file)));
    expect(await importLog({ from: file, to: await openEmptyLog() })).toMatchObject({ events: 10 });
  });

  it("moves the log's own numbers past the horizon", async () => {
    const { file } = await exported();
    rewrite(file, (line) => line.replace('"horizon":10', '"horizon":41'));
    const to = await openEmptyLog();
    await importLog({ from: file, to });
    expect(await publishOne(to, "s")).toMatchObject({ sequenceNumber: 42 });
  });

  it("does nothing when the log has it all, and more", async () => {
    const { file } = await exported();
    const to = await openEmptyLog();
    await importLog({ from: file, to });
    expect(await importLog({ from: file, to })).toMatchObject({ events: 0 });
    await publishOne(to, "s");
    expect(await importLog({ from: file, to })).toMatchObject({ events: 0, newest: { sequenceNumber: 11 } });
  });

  it("imports an empty archive", async () => {
    const { file } = await exported({ events: 0 });
    expect(await importLog({ from: file, to: await openEmptyLog() })).toMatchObject({ events: 0, newest: undefined });
  });

  it("goes on where it was aborted", async () => {
    const { from, file } = await exported({ events: 4_500 });
    const to = await openEmptyLog();
    const aborting = new AbortController();
    const reason = new Error("Ctrl-C");
    const told: unknown[] = [];
    const onProgress: ImportOptions["onProgress"] = (progress) => {
      told.push(progress);
      aborting.abort(reason);
    };
    await expect(importLog({ from: file, to, signal: aborting.signal, onProgress })).rejects.toBe(reason);
    expect(told).toEqual([{ events: 2_000, upTo: 2_000, until: 4_500 }]);
    expect(await importLog({ from: file, to })).toMatchObject({ events: 2_500, newest: { sequenceNumber: 4_500 } });
    expect(await digestLog({ of: to })).toEqual(await digestLog({ of: from }));
  });

  it("adds an archive that continues another one", async () => {
    const { from, file } = await exported();
    await publishSamples(from, { events: 5, from: 10 });
    const next = join(makeDirectory(), "next.ndjson");
    await exportLog({ from, to: next, after: 10 });
    const to = await openEmptyLog();
    await expect(importLog({ from: next, to })).rejects.toMatchObject({ code: "OTHER_LOG", newest: undefined });
    await importLog({ from: file, to });
    expect(await importLog({ from: next, to })).toMatchObject({ events: 5 });
    expect(await digestLog({ of: to })).toEqual(await digestLog({ of: from }));
  });

  it("stores nothing of a file that is changed while it is imported", async () => {
    const { file } = await exported({ events: 4_500 });
    const changed = readFileSync(file, "utf8").replaceAll('"n":4', '"n":5');
    const to = await openEmptyLog();
    const onProgress = () => writeFileSync(file, changed);
    await expect(importLog({ from: file, to, onProgress })).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED", file });
    expect((await new EventStore({ adapter: to }).log().read()).length).toBe(2_000);
  });

  it("refuses the next batch when somebody else has written", async () => {
    const { file } = await exported({ events: 4_500 });
    const to = await openEmptyLog();
    let rival: Promise<unknown> | undefined;
    const told: number[] = [];
    const onProgress: ImportOptions["onProgress"] = ({ events }) => {
      told.push(events);
      rival ??= publishOne(to, "s");
    };
    const importing = importLog({ from: file, to, onProgress });
    await expect(importing).rejects.toMatchObject({
      code: "LOG_CHANGED",
      expected: { sequenceNumber: 2_000 },
      newest: { sequenceNumber: 2_001 },
    });
    await rival;
    expect(told).toEqual([2_000]);
    await expect(importLog({ from: file, to })).rejects.toMatchObject({ code: "OTHER_LOG" });
  });

  it.each([1, 10, 12])("refuses a log that has %i events of its own", async (events) => {
    const { file } = await exported();
    const to = await openSampleLog(events);
    await expect(importLog({ from: file, to })).rejects.toMatchObject({
      code: "OTHER_LOG",
      newest: { sequenceNumber: events },
    });
    expect((await new EventStore({ adapter: to }).log().read()).length).toBe(events);
  });

  it.each(["log.ndjson", "log.ndjson.gz", "log.ndjson.zst"])(
    "stores all of %s or nothing when any bit of it is flipped",
    async (name) => {
      const { from, file } = await exported({ name, events: 40 });
      const whole = await digestLog({ of: from });
      const bytes = readFileSync(file);
      let refusals = 0;
      for (let place = 0; place < bytes.length; place += Math.ceil(bytes.length / 60)) {
        const flipped = Buffer.from(bytes);
        flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8));
        writeFileSync(file, flipped);
        const to = await openEmptyLog();
        // a bit of a compressed file that changes nothing of what is in it does no harm
        const error: unknown = await importLog({ from: file, to }).then(
          () => undefined,
          (thrown) => thrown,
        );
        if (error === undefined) expect(await digestLog({ of: to })).toEqual(whole);
        else {
          expect(error, `bit flipped at ${place}`).toMatchObject({
            code: expect.stringMatching(/^(ARCHIVE_(INCOMPLETE|DAMAGED|TOO_NEW)|NOT_AN_ARCHIVE)$/),
          });
          expect(await new EventStore({ adapter: to }).log().read()).toEqual([]);
          refusals += 1;
        }
      }
      expect(refusals).toBeGreaterThan(45);
    },
  );

  describe("refuses, and stores nothing of", () => {
    async function refused(file: string): Promise<unknown> {
      const to = await openEmptyLog();
      const error = await importLog({ from: file, to }).catch((thrown: unknown) => thrown);
      expect(await new EventStore({ adapter: to }).log().read()).toEqual([]);
      return error;
    }

    it.each(["log.ndjson", "log.ndjson.gz", "log.ndjson.zst"])("%s when it is cut off anywhere", async (name) => {
      const { file } = await exported({ name, events: 40 });
      const bytes = readFileSync(file);
      for (const kept of [0.2, 0.5, 0.8, 0.95]) {
        writeFileSync(file, bytes.subarray(0, bytes.length * kept));
        expect(await refused(file)).toMatchObject({ code: "ARCHIVE_INCOMPLETE", file });
      }
    });

    it("an edited file", async () => {
      const { file } = await exported();
      writeFileSync(file, readFileSync(file, "utf8").replace('"n":3', '"n":4'));
      expect(await refused(file)).toMatchObject({
        code: "ARCHIVE_DAMAGED",
        message: expect.stringContaining("SHA-256"),
      });
    });

    it("an edited trailer", async () => {
      const { file } = await exported();
      writeFileSync(file, readFileSync(file, "utf8").replace('"horizon":10', '"horizon":99'));
      expect(await refused(file)).toMatchObject({ code: "ARCHIVE_DAMAGED" });
    });

    it.each(["log.ndjson.gz", "log.ndjson.zst"])(
      "%s with anything behind it, such as the next archive",
      async (name) => {
        const { file } = await exported({ name });
        const bytes = readFileSync(file);
        for (const behind of [bytes, Buffer.from("\n"), Buffer.alloc(300_000), Buffer.from("something else")]) {
          writeFileSync(file, Buffer.concat([bytes, behind]));
          expect(await refused(file)).toMatchObject({
            code: expect.stringMatching(/^ARCHIVE_(DAMAGED|INCOMPLETE)$/),
            file,
          });
        }
      },
    );

    it("a file that has other events than its trailer says, though the SHA-256 fits", async () => {
      const { file } = await exported();
      rewrite(file, (line, index) => (index === 10 ? `${line}\n${line}` : line));
      expect(await refused(file)).toMatchObject({
        code: "ARCHIVE_DAMAGED",
        message: expect.stringContaining("11 lines"),
      });
    });

    it("a file whose horizon leaves the log no numbers of its own, though the SHA-256 fits", async () => {
      const { file } = await exported();
      rewrite(file, (line) => line.replace('"horizon":10', `"horizon":${Number.MAX_SAFE_INTEGER}`));
      expect(await refused(file)).toMatchObject({ code: "ARCHIVE_DAMAGED", message: expect.stringContaining("2^52") });
    });

    it("a trailer among the events, and names its line", async () => {
      const { file } = await exported();
      const trailer = readFileSync(file, "utf8").split("\n").at(-2) ?? "";
      rewrite(file, (line, index) => (index === 3 ? trailer : line));
      expect(await refused(file)).toMatchObject({ code: "ARCHIVE_DAMAGED", line: 4 });
    });

    it("a file of a newer format", async () => {
      const { file } = await exported();
      rewrite(file, (line) => line.replace('"format":1', '"format":2'));
      expect(await refused(file)).toMatchObject({ code: "ARCHIVE_TOO_NEW", format: 2, knownFormat: 1 });
    });

    it.each(["", "\n", "{}\n", "no JSON", '{"id":"x"}\n'])("a file that is no archive: %j", async (text) => {
      const file = join(makeDirectory(), "log.ndjson");
      writeFileSync(file, text);
      expect(await refused(file)).toMatchObject({ code: "NOT_AN_ARCHIVE", file });
    });

    it("a line that is no event, and names it", async () => {
      const { file } = await exported();
      rewrite(file, (line, index) => (index === 3 ? "{}" : line));
      expect(await refused(file)).toMatchObject({ code: "ARCHIVE_DAMAGED", line: 4 });
    });

    it("a line with more levels than anything can go through, and names it", async () => {
      const { file } = await exported();
      const levels = 200_000;
      rewrite(file, (line, index) =>
        index === 3 ? line.replace('"n":2,', `"n":${"[".repeat(levels)}${"]".repeat(levels)},`) : line,
      );
      expect(await refused(file)).toMatchObject({ code: "ARCHIVE_DAMAGED", line: 4 });
    });

    it("a file that does not exist", async () => {
      expect(await refused(join(makeDirectory(), "none"))).toMatchObject({ code: "ENOENT" });
    });

    it.each([
      ["a number that the library writes otherwise", '"n":3,', '"n":3.0,'],
      ["a number that is read as none", '"n":3,', '"n":1e400,'],
      ["a name that is there twice", '"n":3,', '"n":1,"n":3,'],
      ["white space", '"n":3,', '"n": 3,'],
      ["a further member", '"version":2,"observedAt"', '"version":2,"further":1,"observedAt"'],
      ["an id that is not canonical", /"id":"[^"]+"/, '"id":"X"'],
      ["a name that is too long", '"name":"thing-3"', `"name":"${"x".repeat(256)}"`],
      ["more than 500 levels", '"n":3,', `"n":${"[".repeat(501)}${"]".repeat(501)},`],
      ["a text with U+0000", '"n":3,', '"n":"\\u0000",'],
      ["a lone surrogate", '"n":3,', '"n":"\\ud800",'],
    ])("%s, and names the event", async (_what, sought, replacement) => {
      const { file } = await exported();
      rewrite(file, (line, index) => (index === 4 ? line.replace(sought, replacement) : line));
      expect(await refused(file)).toMatchObject({ code: "UNTRANSFERABLE_EVENT", event: { sequenceNumber: 4 } });
    });
  });

  it("stores text that the library would write otherwise as it is read, if it is told to", async () => {
    const { file } = await exported();
    rewrite(file, (line, index) => (index === 4 ? line.replace('"n":3,', '"n":1,"n": 3.0,') : line));
    const to = await openEmptyLog();
    expect(await importLog({ from: file, to, asRead: true })).toMatchObject({ events: 10 });
    const events = await new EventStore({ adapter: to }).log<{ [name: string]: { n: number } }>().read();
    expect(events[3]?.payload).toMatchObject({ n: 3 });
  });

  it("refuses an adapter that cannot restore, before it reads the file", async () => {
    const to = Object.create(await openEmptyLog(), { restore: { value: undefined } });
    await expect(importLog({ from: "none", to })).rejects.toMatchObject({
      code: "UNSUPPORTED_BY_ADAPTER",
      member: "restore",
    });
  });
});
