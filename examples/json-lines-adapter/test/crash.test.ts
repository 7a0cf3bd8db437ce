import { spawn, spawnSync } from "node:child_process";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { EventStore, type StoredEvent } from "@eventfold/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJsonLines } from "../src/json-lines-adapter.ts";
import { freshFile } from "./fresh-file.ts";

let filename: string;
let dispose: () => Promise<void>;

beforeEach(async () => {
  ({ filename, dispose } = await freshFile());
});
afterEach(() => dispose());

/** Opens the file, does something with a store on it, and closes it. */
async function withStore<T>(work: (store: EventStore) => Promise<T>): Promise<T> {
  await using adapter = await openJsonLines({ filename });
  return await work(new EventStore({ adapter }));
}

function publish(store: EventStore, count: number): Promise<readonly StoredEvent[]> {
  const events = Array.from({ length: count }, (_, n) => ({ name: "noted", payload: { n, text: "é\n" } }));
  return store.stream({ category: "notes", stream: "a" }).publish({ events });
}

const contents = (): Promise<StoredEvent[]> => withStore((store) => store.log().read());

describe("a publish that a crash has torn", () => {
  it("is gone as a whole wherever it was torn, and the file goes on", async () => {
    const first = await withStore((store) => publish(store, 2));
    const whole = await readFile(filename);
    await withStore((store) => publish(store, 2));
    const longer = await readFile(filename);
    for (let size = whole.length; size < longer.length; size += 7) {
      await writeFile(filename, longer.subarray(0, size));
      expect(await contents()).toStrictEqual(first);
      expect(await readFile(filename)).toStrictEqual(whole);
    }
    const [next] = await withStore((store) => publish(store, 1));
    expect(next).toMatchObject({ position: 2, sequenceNumber: 3 });
  });

  it("is gone when what reached the disk is not its beginning", async () => {
    const first = await withStore((store) => publish(store, 2));
    await appendFile(filename, Buffer.alloc(4096));
    await appendFile(filename, '"a": 1}]\n');
    expect(await contents()).toStrictEqual(first);
  });

  it("may be the first thing that was ever written", async () => {
    await writeFile(filename, '{"format":');
    expect(await contents()).toStrictEqual([]);
    await withStore((store) => publish(store, 1));
    expect(await contents()).toHaveLength(1);
  });
});

describe("a file that something else has happened to", () => {
  it("is refused and left alone when it is damaged before its end", async () => {
    await withStore((store) => publish(store, 1));
    await withStore((store) => publish(store, 1));
    const text = await readFile(filename, "utf8");
    const damaged = text.replace('[{"id"', '[{"xx');
    await writeFile(filename, damaged);
    await expect(openJsonLines({ filename })).rejects.toMatchObject({ code: "NOT_A_DATABASE" });
    expect(await readFile(filename, "utf8")).toBe(damaged);
  });

  it("is refused when a publish is missing", async () => {
    await withStore(async (store) => {
      for (let n = 0; n < 3; n += 1) await publish(store, 1);
    });
    const lines = (await readFile(filename, "utf8")).split("\n");
    await writeFile(filename, lines.toSpliced(2, 1).join("\n"));
    await expect(openJsonLines({ filename })).rejects.toMatchObject({ code: "NOT_A_DATABASE" });
  });

  it("is refused when it is another program's", async () => {
    for (const text of ["# Notes\n", '{"format":"publishes","version":2}\n', "x"]) {
      await writeFile(filename, text);
      await expect(openJsonLines({ filename })).rejects.toMatchObject({ code: "NOT_A_DATABASE" });
      expect(await readFile(filename, "utf8")).toBe(text);
    }
  });

  it("is refused with an error of the library when it cannot be opened", async () => {
    const missing = `${filename}/no/such/folder`;
    await expect(openJsonLines({ filename: missing })).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  });
});

describe("one file", () => {
  it("is for one adapter at a time", async () => {
    await using adapter = await openJsonLines({ filename });
    await expect(openJsonLines({ filename })).rejects.toMatchObject({ code: "STORAGE_BUSY", isRetryable: true });
    await adapter.close();
    await (await openJsonLines({ filename })).close();
  });

  it("goes to one of those who open it at once", async () => {
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => openJsonLines({ filename })));
    const adapters = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(adapters).toHaveLength(1);
    for (const adapter of adapters) await adapter.close();
  });

  it("is free again, with all that was acknowledged, when the process that held it was killed", async () => {
    const script = fileURLToPath(new URL("processes/publish-in-a-loop.ts", import.meta.url));
    const child = spawn(process.execPath, ["--conditions=eventfold-source", script, filename], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    let acknowledged = -1;
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      if (acknowledged === 20) child.kill("SIGKILL");
    }
    await ended;
    const events = await contents();
    expect(events.length).toBeGreaterThanOrEqual((acknowledged + 1) * 3);
    expect(events.length % 3).toBe(0);
    expect(events.map(({ position }) => position)).toStrictEqual(events.map((_, index) => index));
  });
});

// The limit simulates a full disk. Windows has none.
describe.skipIf(process.platform === "win32")("a write that fails", () => {
  it("leaves nothing, and no other goes through until the file is opened again", async () => {
    const script = fileURLToPath(new URL("processes/publish-until-refused.ts", import.meta.url));
    const command = `ulimit -f 64; exec "$0" --conditions=eventfold-source "$1" "$2"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command, process.execPath, script, filename], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const { acknowledged, codes, read } = JSON.parse(stdout);
    expect(codes).toStrictEqual(["STORAGE_FAILED", "STORAGE_FAILED"]);
    expect(read).toBe(acknowledged);
    expect(await contents()).toHaveLength(acknowledged);
    const [next] = await withStore((store) => publish(store, 1));
    expect(next?.sequenceNumber).toBe(acknowledged + 1);
  });
});
