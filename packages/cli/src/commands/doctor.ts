import { visibleText } from "@eventfold/operations";
import type { StorageFinding } from "@eventfold/store";
import { countText } from "../output/number-text.ts";
import type { Output, Tone } from "../output/output.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/** `eventfold doctor`. */
export const doctor = defineCommand({
  name: "doctor",
  summary: "Look for settings, rights and surroundings that endanger events or speed.",
  details: [
    "On PostgreSQL: synchronous_commit, fsync, full_page_writes, checksums, autovacuum, time-outs, isolation, locks that are held, idle transactions, replication slots, missing rights, whether it is a standby. On SQLite: journal mode, synchronous, the integrity of the file, network file systems, the size of the write-ahead log, permissions.",
    "What it finds is a danger (events may be lost), a warning (speed or availability suffers) or a notice (it may be meant so). It changes nothing. Settings are those that this connection has: run it as the role of the application.",
  ],
  needsDatabase: true,
  options: [{ flags: "--all", description: "show what is as it should be, too" }],
  examples: [
    { line: "eventfold doctor postgres://app@localhost/app", explanation: "Shows what should be looked at." },
    {
      line: "eventfold doctor sqlite:app.db --all --json | jq -r '\"\\(.severity) \\(.subject): \\(.seen)\"'",
      explanation: "Lists everything that was looked at, a line each.",
    },
  ],
  exitCodes: { 4: "a danger or a warning was found" },
  run: async ({ open, options, output }) => {
    const { all } = options as { readonly all?: true };
    const { events } = await open();
    if (events.inspection === undefined) throw new Failure("The adapter of this database cannot diagnose anything.");
    const findings = await events.inspection.diagnose();
    for (const finding of findings) {
      if (finding.severity !== "sound" || all) await output.print(finding, () => findingLines(finding, output));
    }
    const bad = findings.filter(({ severity }) => severity === "danger" || severity === "warning").length;
    const sound = findings.filter(({ severity }) => severity === "sound").length;
    await output.remark(`${countText(findings.length, "thing")} looked at, ${sound} as it should be.`);
    return bad > 0 ? EXIT_CODES.findings : EXIT_CODES.ok;
  },
});

const TONES: Readonly<Record<StorageFinding["severity"], Tone>> = {
  danger: "bad",
  warning: "warning",
  notice: "strong",
  sound: "good",
};

function findingLines(finding: StorageFinding, output: Output): readonly string[] {
  const { severity, subject, seen } = finding;
  const title = `${output.paint(TONES[severity], severity)}  ${subject}: ${visibleText(seen)}`;
  if (finding.severity === "sound") return [title];
  return [title, `  ${visibleText(finding.why)}`, `  ${visibleText(finding.advice)}`];
}
