import { visibleJson, visibleLines } from "@eventfold/operations";
import { isEventfoldError } from "@eventfold/store";
import { CommanderError } from "commander";
import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { InterruptedError } from "./interruption.ts";

/** What is told of an error that ended a command. */
export interface ErrorReport {
  readonly exitCode: ExitCode;
  /** A stable code, if it has one. */
  readonly code: string | undefined;
  /** Parts of it come from outside: not yet fit for a terminal. */
  readonly message: string;
}

/** What to tell of an error: what the person can do where that is known, all of it otherwise. */
export function reportError(error: unknown, { aborted, reason }: AbortSignal): ErrorReport {
  // What fails after Ctrl-C fails because it was to stop, unless the command says how far it has come.
  if (aborted && !(error instanceof Failure)) return reportInterruption(reason);
  if (error instanceof Failure) return error;
  // An operand that was parsed by the command, as commander parses options.
  if (error instanceof CommanderError) return { exitCode: EXIT_CODES.usage, code: undefined, message: error.message };
  if (isEventfoldError(error)) {
    return { exitCode: EXIT_CODES.failed, code: error.code, message: `${error.message}${reasonBeneath(error.cause)}` };
  }
  // A file that is not there, or may not be written: the system says which, and why.
  if (isSystemError(error)) {
    const { code, message } = error;
    return { exitCode: EXIT_CODES.failed, code, message: message.replace(`${code}: `, "") };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT_CODES.failed, code: undefined, message };
}

/** What the error output is given of it: a line, and with `--json` an object. */
export function reportText({ code, message, exitCode }: ErrorReport, { isJson }: { readonly isJson: boolean }): string {
  if (!isJson) return `${visibleLines(code === undefined ? message : `${code}: ${message}`)}\n`;
  return `${visibleJson(JSON.stringify({ error: { code: code ?? null, message, exitCode } }))}\n`;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}

/** What the driver or the system said: `ECONNREFUSED` tells more than that there is no connection. */
function reasonBeneath(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  const { message, code } = cause as NodeJS.ErrnoException;
  const reason = message === "" ? code : message;
  return reason === undefined ? "" : ` (${reason})`;
}

function reportInterruption(reason: unknown): ErrorReport {
  const exitCode = reason instanceof InterruptedError ? reason.exitCode : EXIT_CODES.interrupted;
  return { exitCode, code: undefined, message: "Stopped." };
}
