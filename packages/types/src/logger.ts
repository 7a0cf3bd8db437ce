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
