import { callAside } from "./call-aside.ts";

/**
 * Where the library reports what no caller is told by a result: a connection lost and found again, a notification that
 * could not be sent. It has the shape of a pino logger, so a pino logger fits as it is.
 */
export interface Logger {
  /** Something went wrong, and the library goes on. */
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
  /** Something failed that the library cannot mend. */
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** A logger that says nothing: the default. */
export const silentLogger: Logger = { warn: () => {}, error: () => {} };

/**
 * A logger that may fail: what it throws, or rejects with, is dropped, for it must neither end the process nor pass for the
 * failure of what was being logged about. Every logger that is given to the library is used through this.
 */
export function guardedLogger(logger: Logger = silentLogger): Logger {
  if (logger === silentLogger) return logger;
  return {
    warn: (details, message) => callAside(() => logger.warn(details, message)),
    error: (details, message) => callAside(() => logger.error(details, message)),
  };
}
