import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";

/** The reason of the signal that an {@link Interruption} aborts. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super("Stopped.");
    this.exitCode = exitCode;
  }
}

/** Listens to the signals that ask a program to stop. */
export interface Interruption {
  /** Aborted by the first of them, with an {@link InterruptedError}. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  readonly dispose: () => void;
}

/**
 * Makes the first Ctrl-C (or SIGTERM) a request to stop cleanly. After it the program listens no more, so a second one ends it
 * at once.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const interrupt = (): void => stop(EXIT_CODES.interrupted);
  const terminate = (): void => stop(EXIT_CODES.terminated);
  const dispose = (): void => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", terminate);
  };
  function stop(exitCode: ExitCode): void {
    dispose();
    controller.abort(new InterruptedError(exitCode));
  }
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  return { signal: controller.signal, dispose };
}
