import { isEventfoldError } from "@eventfold/store";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/**
 * Calls a function of a config that opens an adapter, and checks that it did.
 *
 * @param member what the function is called in the config.
 * @throws `Failure` when it fails by itself or opens no adapter; the library's errors as they are.
 */
export async function adapterOfConfig<T extends object>(member: string, open: () => T | Promise<T>): Promise<T> {
  let opened: T | undefined;
  try {
    opened = await open();
  } catch (cause) {
    throw refusedFunction(member, cause);
  }
  if (typeof (opened as { readonly storage?: unknown } | undefined)?.storage === "object") return opened;
  throw refused(
    `The function \`${member}\` of the config has opened no adapter: it must return what an adapter's \`open\` returns.`,
  );
}

/** What is thrown for a function of a config that failed: the library's errors as they are, a `Failure` for all others. */
export function refusedFunction(member: string, cause: unknown): unknown {
  if (isEventfoldError(cause)) return cause;
  const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return refused(`The function \`${member}\` of the config failed: ${reason}`, cause);
}

function refused(message: string, cause?: unknown): Failure {
  return new Failure(message, { exitCode: EXIT_CODES.usage, code: "CONFIG", cause });
}
