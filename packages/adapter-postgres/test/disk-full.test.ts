import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const tools = { mount: "mount", unmount: "umount" };
const folder = mkdtempSync(join(tmpdir(), "eventfold-small-disk-"));

function mountsSmallDisk(): boolean {
  try {
    execFileSync(tools.mount, ["-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    rmSync(folder, { recursive: true });
    return false;
  }
}

if (!mountsSmallDisk()) {
  describe("a full disk", () => {
    it("is not tried: this account may not mount a small one", () => {});
  });
} else {
  const server = await testServer({ dedicated: true });

  describe("a full disk", () => {
    it("rejects with StorageFullError, stores nothing of the publish, and is over when there is room", async () => {
      const [dataFolder] = await queryRows(server.connectionString, "show data_directory");
      const { uid, gid } = statSync(String(dataFolder));
      chownSync(folder, uid, gid);
      await queryRows(server.connectionString, `create tablespace small location '${folder}'`);
      await queryRows(server.connectionString, "create database small template template0 tablespace small");
      const url = new URL(server.connectionString);
      url.pathname = "/small";
      const adapter = await PostgresEventStorageAdapter.open({ connectionString: url.href });
      const stream = new EventStore({ adapter }).stream({ category: "c", stream: "s" });
      fill(join(folder, "filler"));

      let stored = 0;
      const failure = await (async () => {
        for (;;) {
          const payload = Array.from({ length: 2_000 }, () => Math.random());
          await stream.publish({ events: [1, 2, 3].map((n) => ({ name: "large", payload: { n, payload } })) });
          stored += 3;
        }
      })().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "STORAGE_FULL", isRetryable: true });
      expect((await stream.read()).map(({ position }) => position)).toEqual(
        Array.from({ length: stored }, (_, n) => n),
      );

      rmSync(join(folder, "filler"));
      await stream.publish({ events: [{ name: "small", payload: 1 }] });
      expect(await stream.latest()).toMatchObject({ name: "small", position: stored });
      await adapter.close();
      await queryRows(server.connectionString, "drop database small");
      await queryRows(server.connectionString, "drop tablespace small");
      execFileSync(tools.unmount, [folder]);
      rmSync(folder, { recursive: true });
    });
  });
}

function fill(path: string): void {
  for (const size of [1_048_576, 65_536]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: "a" });
    } catch {
      // no room for another piece of this size.
    }
  }
}
