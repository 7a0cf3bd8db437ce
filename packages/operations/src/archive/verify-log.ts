import {
  type EventStorageAdapter,
  memberNames,
  type StructureFault,
  type StructureUnchecked,
  withKnownMembers,
} from "@eventfold/store/adapter";
import { callAside } from "@eventfold/types";
import {
  type CategoryDifference,
  categoryDifferences,
  type EventDifference,
  eventDifferences,
  firstDifferingPart,
  type LogPart,
} from "./content-differences.ts";
import { digestLog, digestWithMarks } from "./digest-log.ts";
import { UnsupportedByAdapterError } from "./errors/unsupported-by-adapter-error.ts";
import type { DigestMark, LogDigest } from "./log-digest.ts";
import type { TransferOptions, TransferProgress } from "./transfer-progress.ts";

/** How far a verification has come, in one of its parts. */
export interface VerificationProgress extends Omit<TransferProgress, "events"> {
  /** `structure`: the log by itself. `reference`: the content of the other log. `content`: that of the log. In this order. */
  readonly part: "structure" | "reference" | "content";
}

/** Which log is to be verified, and against what. */
export interface VerificationOptions extends Pick<TransferOptions, "signal"> {
  readonly log: EventStorageAdapter;
  /** Is told now and then how far the work has come. What it throws is ignored. */
  readonly onProgress?: ((progress: VerificationProgress) => void) | undefined;
}

/** Which log is to be verified, and what its content is to be. */
export interface ContentVerificationOptions extends VerificationOptions {
  /** A digest of the log that was recorded earlier, or another log that has the same events. */
  readonly reference: LogDigest | EventStorageAdapter;
}

/** Which log is to be verified as a whole. */
export interface LogVerificationOptions extends VerificationOptions {
  /** What its content is to be. Default: only the structure is verified. */
  readonly reference?: ContentVerificationOptions["reference"] | undefined;
}

const OPTIONS = memberNames<LogVerificationOptions>({ log: true, reference: true, onProgress: true, signal: true });

/** What the structure of a log is like. */
export interface StructureReport {
  /** What is not as it must be: the first 1,000 faults, as they were found. */
  readonly faults: readonly StructureFault[];
  /** How many faults there are. */
  readonly faultCount: number;
  /** What could not be checked here. */
  readonly unchecked: readonly StructureUnchecked[];
  /** The number up to which, inclusive, the events were checked. */
  readonly upTo: number;
}

/** What the content of a log is like, compared with a reference up to the number of that. */
export interface ContentReport {
  /** Whether both have the same events, to the last character. */
  readonly isEqual: boolean;
  readonly expected: DigestMark;
  readonly found: DigestMark;
  /** The categories that differ, in the order of their names. */
  readonly categories: readonly CategoryDifference[];
  /** The first part that differs, of at most 100,000 events of the reference; `undefined` where none does. */
  readonly part: LogPart | undefined;
  /** What differs within that part: the first 100 events. Empty if the reference is a digest, which cannot tell. */
  readonly events: readonly EventDifference[];
}

/** What was found when a log was verified. */
export interface VerificationReport {
  /** Whether nothing was found that is not as it must be. What could not be checked does not count. */
  readonly isSound: boolean;
  readonly structure: StructureReport;
  /** `undefined` without a reference. */
  readonly content: ContentReport | undefined;
}

const STRUCTURE_OPTIONS = memberNames<VerificationOptions>({ log: true, onProgress: true, signal: true });

const MOST_FAULTS = 1_000;
const MOST_EVENTS = 100;

/**
 * Verifies a log: its structure by itself, and, with a reference, its content. What was changed within the limits of the structure
 * shows only in the content: a payload that was replaced by other JSON, the newest events of a stream, or all of it, that are gone.
 *
 * @throws `UnsupportedByAdapterError` (`UNSUPPORTED_BY_ADAPTER`) when the adapter has no `inspection` or, with a reference, no
 * `storage.storedTexts`; a storage error when reading fails; the signal's reason when it is aborted.
 *
 * @example
 * ```ts
 * const { isSound, structure } = await verifyLog({ log: adapter });
 * for (const { message } of structure.faults) console.error(message);
 * ```
 */
export async function verifyLog(given: LogVerificationOptions): Promise<VerificationReport> {
  const { reference, ...options } = withKnownMembers("The options of verifyLog", given, OPTIONS);
  const structure = await verifyStructure(options);
  const content = reference && (await verifyContent({ reference, ...options }));
  return { isSound: structure.faultCount === 0 && content?.isEqual !== false, structure, content };
}

/**
 * Verifies the structure of a log: whatever is wrong with it without knowing what is in it.
 *
 * @throws as {@link verifyLog} does.
 */
export async function verifyStructure(options: VerificationOptions): Promise<StructureReport> {
  const { log, onProgress, signal } = withKnownMembers("The options of verifyStructure", options, STRUCTURE_OPTIONS);
  if (log.inspection === undefined) {
    throw new UnsupportedByAdapterError({ member: "inspection", neededTo: "verify the structure of a log" });
  }
  const faults: StructureFault[] = [];
  const unchecked: StructureUnchecked[] = [];
  let faultCount = 0;
  let upTo = 0;
  for await (const step of log.inspection.structure({ signal })) {
    switch (step.kind) {
      case "fault":
        faultCount += 1;
        if (faults.length < MOST_FAULTS) faults.push(step);
        break;
      case "unchecked":
        unchecked.push(step);
        break;
      case "progress":
        upTo = step.checkedUpTo;
        tell(onProgress, { part: "structure", upTo, until: step.upTo });
    }
  }
  return { faults, faultCount, unchecked, upTo };
}

/**
 * Compares the content of a log with what it was, by a digest, or with that of another log. What either has above the last number
 * of the reference does not count.
 *
 * @throws as {@link digestLog} does.
 *
 * @example
 * ```ts
 * const recorded = await digestLog({ of: adapter }); // keep it elsewhere, as JSON
 * const { isEqual, categories } = await verifyContent({ log: adapter, reference: recorded });
 * ```
 */
export async function verifyContent(options: ContentVerificationOptions): Promise<ContentReport> {
  withKnownMembers("The options of verifyContent", options, OPTIONS);
  const { log, reference, signal } = options;
  const report =
    (part: VerificationProgress["part"]) =>
    ({ upTo, until }: TransferProgress) =>
      tell(options.onProgress, { part, upTo, until });
  const expected =
    "kind" in reference ? reference : await digestLog({ of: reference, onProgress: report("reference"), signal });
  const { upTo, marks } = expected;
  const markAt = marks.map((mark) => mark.upTo);
  const found = await digestWithMarks({ of: log, upTo, onProgress: report("content"), signal }, markAt);
  const isEqual = expected.digest === found.digest;
  const part = isEqual ? undefined : firstDifferingPart(expected, found);
  const events: EventDifference[] = [];
  if (part !== undefined && !("kind" in reference)) {
    for await (const difference of eventDifferences({ log, reference }, part, signal)) {
      if (events.push(difference) === MOST_EVENTS) break;
    }
  }
  return {
    isEqual,
    expected: markOf(expected),
    found: markOf(found),
    categories: categoryDifferences(expected, found),
    part,
    events,
  };
}

function tell(onProgress: VerificationOptions["onProgress"], progress: VerificationProgress): void {
  if (onProgress !== undefined) callAside(() => onProgress(progress));
}

function markOf({ upTo, events, digest }: LogDigest): DigestMark {
  return { upTo, events, digest };
}
