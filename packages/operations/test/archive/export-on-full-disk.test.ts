import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { exportLog } from "../../src/index.ts";
import { makeDirectory, openSampleLog } from "../support/sample-log.ts";

const tools = { mount: "mount", unmount: "umount" };

/** A directory on a disk of 64 KB; `undefined`: this account may not mount one. */
function makeSmallDisk(): string | undefined {
  const directory = makeDirectory();
  try {
    execFileSync(tools.mount, ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  onTestFinished(() => {
    execFileSync(tools.unmount, [directory]);
  });
  return directory;
}

describe("exportLog on a full disk", () => {
  it.each(["log.ndjson", "log.ndjson.gz", "log.ndjson.zst"])("reports it, and leaves no %s", async (name) => {
    const directory = makeSmallDisk();
    if (directory === undefined) return;
    const from = await openSampleLog(5_000);
    await expect(exportLog({ from, to: join(directory, name) })).rejects.toMatchObject({
      code: "STORAGE_FULL",
      cause: expect.objectContaining({ code: "ENOSPC" }),
    });
    expect(readdirSync(directory)).toEqual([]);
  });
});
