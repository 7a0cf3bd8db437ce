import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { Child } from "../src/child-process.ts";
import type { ServiceAssignment } from "../src/service-worker.ts";

function start(assignment: ServiceAssignment): Child {
  return new Child(new URL("../src/service-worker.ts", import.meta.url), assignment);
}

async function said(child: Child, what: string): Promise<void> {
  await child.line((line) => line.what === what);
}

const whats = (child: Child) => child.lines.map(({ what }) => what);

describe("a process with services", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("stops them in reverse on %s, and ends by itself", async (signal) => {
    await using child = start({ kind: "obedient" });
    await said(child, "ready");
    child.signal(signal);
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(whats(child)).toEqual(["start a", "start b", "ready", "stop b", "stop a", "done"]);
  });

  it("ends with the code of the signal when a service has not stopped in time, after the others have", async () => {
    await using child = start({ kind: "hung", stopTimeoutMs: 1 });
    await said(child, "ready");
    child.signal("SIGTERM");
    expect(await child.exit).toEqual({ code: 128 + 15, signal: null });
    expect(whats(child).slice(4, 7)).toEqual(["stop c", "stop hung", "stop a"]);
  });

  it("ends at once on a second signal, whatever has not stopped", async () => {
    await using child = start({ kind: "hung", stopTimeoutMs: 3_600_000 });
    await said(child, "ready");
    child.signal("SIGINT");
    await said(child, "stop hung");
    child.signal("SIGINT");
    expect(await child.exit).toEqual({ code: 128 + 2, signal: null });
    expect(whats(child)).not.toContain("stop a");
  });

  it("ends with the code that exitProcess makes of an error, after the others have stopped", async () => {
    await using child = start({ kind: "failing" });
    await said(child, "ready");
    child.tell("42");
    expect(await child.exit).toEqual({ code: 42, signal: null });
    expect(whats(child).slice(0, 6)).toEqual(["start a", "start failing", "start c", "ready", "stop c", "stop a"]);
  });

  it("with a broker hands everything over on a signal, so that nothing is handled twice", async () => {
    const folder = await mkdtemp(join(tmpdir(), "eventfold-services-"));
    const filename = join(folder, "events.db");
    const handled: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      await using child = start({ kind: "broker", filename });
      await said(child, "ready");
      const next = handled.length + 2;
      await said(child, `${next}`);
      child.signal("SIGTERM");
      expect({ ...(await child.exit), errors: child.errors }).toEqual({ code: 0, signal: null, errors: "" });
      handled.push(...whats(child).filter((what) => !Number.isNaN(Number(what))));
    }
    await using events = await SqliteEventStorageAdapter.open({ filename });
    await using storage = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    const published = await new EventStore({ adapter: events }).category("things").read();
    expect(handled).toEqual(published.slice(0, handled.length).map(({ position }) => `${position}`));
    expect((await storage.storage.status({ names: undefined })).sessions).toEqual([]);
    await events.close();
    await rm(folder, { recursive: true, force: true });
  });
});
