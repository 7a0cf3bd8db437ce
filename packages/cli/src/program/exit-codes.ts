/** What the shell is told when the program ends. */
export const EXIT_CODES = {
  /** Done. */
  ok: 0,
  /** Something failed; the message says what, and what to do. */
  failed: 1,
  /** The arguments or the config make no sense. Nothing was done. */
  usage: 2,
  /** There is no such event, stream, category, projection or subscription. */
  notFound: 3,
  /** The command worked, and what it examined is not in order. */
  findings: 4,
  /** Stopped because its terminal was closed (SIGHUP). */
  hungUp: 129,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
  /** Stopped by SIGTERM. */
  terminated: 143,
} as const;

/** One of {@link EXIT_CODES}. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
