import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type ContentReport,
  type LogDigest,
  parseLogDigest,
  type StructureReport,
  type VerificationProgress,
  verifyLog,
  visibleText,
} from "@eventfold/operations";
import type { EventStorageAdapter } from "@eventfold/store";
import { numberText } from "../output/number-text.ts";
import type { Output } from "../output/output.ts";
import type { ProgressReport } from "../output/progress.ts";
import { type CommandRun, defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

interface VerifyOptions {
  readonly against?: string;
  readonly digest?: string;
}

/** `eventfold verify`. */
export const verify = defineCommand<VerifyOptions>({
  name: "verify",
  summary: "Check that a log is whole, by itself or against what it was.",
  details: [
    "By itself, the structure is checked: positions, order, numbers, JSON, tags, indexes, the sequence. An event that was replaced by a valid one, the newest events of a stream that are gone, or a stream that is gone as a whole do not show there.",
    "Against another log with --against, or a digest that was recorded with --digest, the content is checked too, to the last character, up to the newest number of the reference.",
    "It reads every event.",
  ],
  needsDatabase: true,
  options: [
    { flags: "--against <address>", description: "the address of a database that has the same events" },
    { flags: "--digest <file>", description: "a digest that `eventfold digest --json` has printed" },
  ],
  examples: [
    { line: "eventfold verify sqlite:app.db", explanation: "Checks the structure." },
    {
      line: "eventfold verify sqlite:app.db --digest app.digest.json",
      explanation: "Checks also that nothing was changed since the digest was recorded.",
    },
    {
      line: "eventfold verify postgres://localhost/app --against sqlite:app.db",
      explanation: "Checks a copy, and names the events that differ.",
    },
  ],
  exitCodes: { [EXIT_CODES.findings]: "Something is not as it must be." },
  run: async (run) => {
    const { open, output, signal } = run;
    const { events: log } = await open();
    const reference = await referenceOf(run);
    const progress = new VerificationBar(run);
    try {
      const report = await verifyLog({ log, reference, signal, onProgress: (each) => progress.show(each) });
      const { structure, content, isSound } = report;
      await output.print(report, () => [
        ...structureLines(structure, output),
        ...(content === undefined ? [] : contentLines(content, output)),
      ]);
      return isSound ? EXIT_CODES.ok : EXIT_CODES.findings;
    } finally {
      progress.stop();
    }
  },
});

async function referenceOf({
  options: { against, digest },
  openAddress,
  context,
}: CommandRun<VerifyOptions>): Promise<LogDigest | EventStorageAdapter | undefined> {
  if (against !== undefined && digest !== undefined) {
    throw new Failure("Give --against or --digest, not both.", { exitCode: EXIT_CODES.usage });
  }
  if (against !== undefined) return (await openAddress(against)).events;
  return digest === undefined ? undefined : readDigest(resolve(context.directory, digest));
}

function readDigest(file: string): LogDigest {
  try {
    return parseLogDigest(readFileSync(file, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(`${JSON.stringify(file)} is not a digest: ${reason} Record one by \`eventfold digest --json\`.`, {
      exitCode: EXIT_CODES.usage,
      cause,
    });
  }
}

const TITLES = {
  structure: "Checking the structure",
  reference: "Digesting the reference",
  content: "Digesting the log",
} as const;

/** A bar for each part of the work. */
class VerificationBar {
  readonly #startProgress: CommandRun["startProgress"];
  #part: VerificationProgress["part"] | undefined;
  #bar: ProgressReport | undefined;

  constructor({ startProgress }: CommandRun<VerifyOptions>) {
    this.#startProgress = startProgress;
  }

  show({ part, upTo, until }: VerificationProgress): void {
    if (part !== this.#part) {
      this.stop();
      this.#part = part;
      this.#bar = this.#startProgress({ title: TITLES[part], unit: "sequence numbers", total: until });
    }
    this.#bar?.update(upTo);
  }

  stop(): void {
    this.#bar?.stop();
  }
}

function structureLines({ faults, faultCount, unchecked, upTo }: StructureReport, output: Output): string[] {
  const lines = faults.map(({ fault, message }) => `${output.paint("bad", fault)}  ${visibleText(message)}`);
  if (faultCount > faults.length) lines.push(`… and ${numberText(faultCount - faults.length)} more faults.`);
  for (const { subject, reason } of unchecked) {
    lines.push(`${output.paint("warning", "not checked")}  ${visibleText(subject)}: ${visibleText(reason)}`);
  }
  const verdict = faultCount === 0 ? output.paint("good", "sound") : output.paint("bad", "damaged");
  return [...lines, `Structure: ${verdict}, up to sequence number ${numberText(upTo)}.`];
}

function contentLines({ isEqual, expected, found, part, categories, events }: ContentReport, output: Output): string[] {
  const end = `up to sequence number ${numberText(expected.upTo)}.`;
  if (isEqual) return [`Content: ${output.paint("good", "equal")}, ${numberText(found.events)} events ${end}`];
  const lines = categories.map(
    (each) =>
      `${output.paint("bad", "differs")}  ${visibleText(each.category)}: ${numberText(each.found?.events ?? 0)} events, ${numberText(each.expected?.events ?? 0)} expected`,
  );
  for (const { kind, event } of events) {
    const place = `position ${event.position} of ${visibleText(event.stream)} in ${visibleText(event.category)}`;
    lines.push(`${output.paint("bad", kind)}  event ${event.sequenceNumber}, ${place}`);
  }
  if (part !== undefined) {
    lines.push(`The first difference lies between the sequence numbers ${part.after + 1} and ${part.upTo}.`);
  }
  return [...lines, `Content: ${output.paint("bad", "different")}, ${end}`];
}
