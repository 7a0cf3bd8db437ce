import type { TransferProgress } from "@eventfold/operations";
import { isEventfoldError } from "@eventfold/store";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";
import { InterruptedError } from "../program/interruption.ts";
import { countText, numberText } from "./number-text.ts";
import type { ProgressOptions, ProgressReport } from "./progress.ts";

/** What a transfer is about. */
export interface TransferReportOptions {
  /** What is done, such as `Importing`. */
  readonly title: string;
  /** What is said of the events that were dealt with before it stopped, such as `stored`; `undefined`: nothing stays. */
  readonly kept: string | undefined;
  /** Whether nobody knows where it will end. Default: `false`. */
  readonly isEndless?: boolean;
  readonly signal: AbortSignal;
  readonly startProgress: (options: ProgressOptions) => ProgressReport;
}

/**
 * Does work that goes along a log, and shows how far it has come.
 *
 * @throws `Failure` when it stops before its end: with what stopped it, what was done, and what to do now.
 */
export async function reportTransfer<T>(
  { title, kept, isEndless = false, signal, startProgress }: TransferReportOptions,
  work: (onProgress: (progress: TransferProgress) => void) => Promise<T>,
): Promise<T> {
  let last: TransferProgress | undefined;
  let bar: ProgressReport | undefined;
  const onProgress = (progress: TransferProgress): void => {
    bar ??= startProgress({ title, unit: "sequence numbers", total: isEndless ? undefined : progress.until });
    bar.update(progress.upTo);
    last = progress;
  };
  try {
    return await work(onProgress);
  } catch (error) {
    const done =
      last &&
      kept &&
      `${countText(last.events, "event")} ${kept} before, up to sequence number ${numberText(last.upTo)}.`;
    if (signal.aborted) throw stopFailure(signal, stopText(kept, done));
    throw done === undefined ? error : withWhatWasDone(error, done);
  } finally {
    bar?.stop();
  }
}

function stopText(kept: string | undefined, done: string | undefined): string {
  if (kept === undefined) return "Stopped. Nothing is left of it: run it again to begin anew.";
  return `Stopped. ${done ?? `Nothing was ${kept}.`} Run it again to go on.`;
}

function stopFailure({ reason }: AbortSignal, message: string): Failure {
  const exitCode = reason instanceof InterruptedError ? reason.exitCode : EXIT_CODES.interrupted;
  return new Failure(message, { exitCode });
}

function withWhatWasDone(error: unknown, done: string): unknown {
  if (!isEventfoldError(error)) return error;
  return new Failure(`${error.message} ${done}`, { code: error.code, cause: error });
}
