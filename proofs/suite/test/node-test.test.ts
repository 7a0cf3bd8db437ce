import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../src/suite-under-node-test.ts", import.meta.url));

function runUnderNodeTest(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const command = ["--conditions=eventfold-source", "--test-reporter=tap", script, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", maxBuffer: 2 ** 28 });
  return { status, output: stdout + stderr };
}

describe("the event storage suite under node:test, in a plain process", () => {
  it("passes the memory adapter, and skips what it declares and what is left out", () => {
    const { status, output } = runUnderNodeTest();
    expect(output).toContain("# fail 0");
    expect(Number(/^# pass (\d+)$/m.exec(output)?.[1])).toBeGreaterThan(70);
    expect(output).toMatch(/ok \d+ - rule 20: .* \(skipped: the adapter declares durable: false\) # SKIP/);
    expect(output).toMatch(/ok \d+ - rule 9: \d+ tests \(skipped: not among the rules of this suite; [^)]+\) # SKIP/);
    expect(status).toBe(0);
  }, 120_000);

  it("fails a broken adapter, and says which rule broke, what was expected and what came", () => {
    const { status, output } = runUnderNodeTest("drops the milliseconds");
    expect(status).toBe(1);
    expect(output).toMatch(
      /not ok \d+ - rule 10: times of all years from 1 to 9999 come back equal, to the millisecond/,
    );
    expect(output).toContain("Broken — rule 10: times of all years from 1 to 9999 come back equal, to the millisecond");
    expect(output).toContain("1883-11-18T12:03:58.007Z");
    expect(output).toContain("1883-11-18T12:03:58.000Z");
  }, 120_000);
});
