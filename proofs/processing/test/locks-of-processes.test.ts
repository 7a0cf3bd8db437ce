import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { describe, expect, it } from "vitest";
import { lockViolations } from "../src/lock-check.ts";
import { type LockLine, runLocks } from "../src/lock-run.ts";

describe("locks in SQLite", () => {
  it("are held by one process at a time, though one is killed and one is frozen", { timeout: 180_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "eventfold-locks-"));
    const filename = join(folder, "processing.db");
    await (await SqliteProcessingStorageAdapter.open({ filename })).close(); // so that no process waits for the tables
    const lines = await runLocks({ kind: "sqlite", filename });
    expect(lockViolations(lines)).toEqual([]);
    expect(lines.filter(({ what }) => what === "lost").map(({ name }) => name)).toContain("frozen");
    await rm(folder, { recursive: true, force: true });
  });
});

describe("lockViolations", () => {
  type Row = readonly [name: string, what: LockLine["what"], token: number, atNs: number];
  const linesOf = (rows: readonly Row[]) => rows.map(([name, what, token, atNs]) => ({ name, what, token, atNs }));
  const first: readonly Row[] = [
    ["a", "taken", 1, 10],
    ["a", "ended", 1, 20],
  ];

  it("finds nothing where one comes after the other, or the one before has noticed late that it was lost", () => {
    expect(lockViolations(linesOf([...first, ["b", "taken", 2, 21], ["b", "ended", 2, 30]]))).toEqual([]);
    const frozen: readonly Row[] = [
      ["a", "taken", 1, 10],
      ["a", "holding", 1, 11],
      ["a", "lost", 1, 50],
    ];
    expect(lockViolations(linesOf([...frozen, ["b", "taken", 2, 40]]))).toEqual([]);
  });

  it("finds two that work at the same time, and a token that was given twice", () => {
    expect(lockViolations(linesOf([...first, ["b", "taken", 2, 19]]))).toEqual([
      "a was at work under the token 1 when b had 2.",
    ]);
    expect(lockViolations(linesOf([...first, ["b", "taken", 1, 30]]))).toEqual(["The token 1 was given to 2."]);
  });
});
