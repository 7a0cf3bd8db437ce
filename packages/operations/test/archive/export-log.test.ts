import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { EventStore, printStoredEvent } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { digestLog, exportLog, importLog } from "../../src/index.ts";
import { makeDirectory, openEmptyLog, openSampleLog, publishSamples } from "../support/sample-log.ts";

describe("exportLog", () => {
  it("writes a header, each event as printStoredEvent does, and a trailer", async () => {
    const from = await openSampleLog();
    const file = join(makeDirectory(), "log.ndjson");
    const exported = await exportLog({ from, to: file });
    const lines = readFileSync(file, "utf8").split("\n");
    const events = await new EventStore({ adapter: from }).log().read();
    expect(lines[0]).toBe('{"eventfold":"log","format":1,"orderingGuarantee":"log","after":null,"upTo":10}');
    expect(lines.slice(1, -2)).toEqual(events.map((event) => printStoredEvent(event)));
    const newest = { sequenceNumber: 10, id: events.at(-1)?.id };
    const { digest } = await digestLog({ of: from });
    expect(JSON.parse(lines.at(-2) ?? "")).toEqual({
      eventfold: "end",
      ...{ events: 10, newest, horizon: 10, digest, sha256: exported.sha256 },
    });
    expect(lines.at(-1)).toBe("");
    expect(exported).toMatchObject({ format: 1, after: undefined, upTo: 10, events: 10, newest, horizon: 10, digest });
  });

  it("gives the SHA-256 of all that comes before it", async () => {
    const file = join(makeDirectory(), "log.ndjson");
    const { sha256 } = await exportLog({ from: await openSampleLog(), to: file });
    const [covered = ""] = readFileSync(file, "utf8").split(',"sha256":"');
    expect(createHash("sha256").update(covered).digest("hex")).toBe(sha256);
  });

  it("compresses with what the name of the file says", async () => {
    const from = await openSampleLog();
    const directory = makeDirectory();
    const [plain, gzip, zstd] = ["a.ndjson", "a.ndjson.gz", "a.ndjson.zst"].map((name) => join(directory, name));
    for (const to of [plain, gzip, zstd]) await exportLog({ from, to: String(to) });
    const bytes = readFileSync(String(plain));
    expect(gunzipSync(readFileSync(String(gzip))).equals(bytes)).toBe(true);
    expect(zstdDecompressSync(readFileSync(String(zstd))).equals(bytes)).toBe(true);
  });

  it("writes an empty log", async () => {
    const to = join(makeDirectory(), "log.ndjson");
    const exported = await exportLog({ from: await openEmptyLog(), to });
    expect(exported).toMatchObject({ events: 0, newest: undefined, horizon: 0 });
  });

  it("writes what lies between two numbers, and names the event before", async () => {
    const from = await openSampleLog();
    const [third] = await new EventStore({ adapter: from })
      .log()
      .read({ limit: 3 })
      .then((events) => events.slice(2));
    const exported = await exportLog({ from, to: join(makeDirectory(), "log.ndjson"), after: 3, upTo: 7 });
    expect(exported).toMatchObject({
      after: { sequenceNumber: 3, id: third?.id },
      ...{ upTo: 7, events: 4, horizon: 7 },
    });
  });

  it("leaves out what is published while it runs", async () => {
    const from = await openSampleLog(3);
    const exported = await exportLog({
      from,
      to: join(makeDirectory(), "log.ndjson"),
      onProgress: () => void publishSamples(from, { events: 1, from: 3 }),
    });
    expect(exported).toMatchObject({ events: 3, horizon: 3 });
  });

  it("says how far it has come, whatever its listener does", async () => {
    const told: unknown[] = [];
    await exportLog({
      from: await openSampleLog(),
      to: join(makeDirectory(), "log.ndjson"),
      onProgress: (progress) => {
        told.push(progress);
        throw new Error("of the listener");
      },
    });
    expect(told).toEqual([{ events: 10, upTo: 10, until: 10 }]);
  });

  it("leaves a file alone that is there already", async () => {
    const to = join(makeDirectory(), "log.ndjson");
    writeFileSync(to, "mine");
    await expect(exportLog({ from: await openSampleLog(), to })).rejects.toMatchObject({ code: "ARCHIVE_EXISTS" });
    expect(readFileSync(to, "utf8")).toBe("mine");
  });

  it.each(["log.ndjson", "log.ndjson.gz", "log.ndjson.zst"])(
    "lets one of several that write %s have the name",
    async (name) => {
      const directory = makeDirectory();
      const to = join(directory, name);
      const logs = await Promise.all([10, 4_000, 20].map((events) => openSampleLog(events)));
      const exports = await Promise.allSettled(logs.map((from) => exportLog({ from, to })));
      const [written, ...others] = exports.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      expect(others).toEqual([]);
      for (const each of exports) {
        if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "ARCHIVE_EXISTS", file: to });
      }
      const target = await openEmptyLog();
      const { trailer } = await importLog({ from: to, to: target });
      expect(trailer.sha256).toBe(written?.sha256);
      expect(readdirSync(directory)).toEqual([name]);
    },
  );

  it("leaves a link alone that leads nowhere", async () => {
    const directory = makeDirectory();
    const to = join(directory, "log.ndjson");
    symlinkSync(join(directory, "none"), to);
    await expect(exportLog({ from: await openSampleLog(), to })).rejects.toMatchObject({ code: "ARCHIVE_EXISTS" });
    expect(readdirSync(directory)).toEqual(["log.ndjson"]);
  });

  it("leaves no file when it is aborted, and works when it is called again", async () => {
    const from = await openSampleLog();
    const directory = makeDirectory();
    const to = join(directory, "log.ndjson.gz");
    const aborting = new AbortController();
    const reason = new Error("Ctrl-C");
    const exporting = exportLog({ from, to, signal: aborting.signal, onProgress: () => aborting.abort(reason) });
    await expect(exporting).rejects.toBe(reason);
    expect(readdirSync(directory)).toEqual([]);
    await exportLog({ from, to });
    expect(existsSync(to)).toBe(true);
  });

  it("refuses bounds that are no sequence numbers, and adapters that cannot read texts", async () => {
    const from = await openSampleLog();
    const to = join(makeDirectory(), "log.ndjson");
    await expect(exportLog({ from, to, after: -1 })).rejects.toThrow(RangeError);
    await expect(exportLog({ from, to, upTo: 0.5 })).rejects.toThrow(RangeError);
    const older = Object.create(from, {
      storage: { value: Object.create(from.storage, { storedTexts: { value: undefined } }) },
    });
    await expect(exportLog({ from: older, to })).rejects.toMatchObject({
      code: "UNSUPPORTED_BY_ADAPTER",
      member: "storage.storedTexts",
    });
  });
});
