import { callAside } from "./call-aside.ts";

/**
 * Where the library reports what no result tells a caller: a connection lost and restored, a notification that could
 * not be sent. It has the shape of a pino logger, so a pino logger fits as it is, and so does `console`.
 */
export interface Logger {
  /** Something went wrong, and the library goes on. */
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
  /** Something failed that the library cannot repair. */
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** A logger that says nothing: the default. */
export const silentLogger: Logger = { warn: () => {}, error: () => {} };

/**
 * Wraps a logger so that it may fail: what it throws or rejects with is dropped, since it must neither end the process
 * nor look like the failure being logged. The library uses every logger through this.
 */
export function guardedLogger(logger: Logger = silentLogger): Logger {
  if (logger === silentLogger) return logger;
  return {
    warn: (details, message) => callAside(() => logger.warn(details, message)),
    error: (details, message) => callAside(() => logger.error(details, message)),
  };
}
