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
  /** Asks it to stop as a signal does; nothing if it was asked before. */
  readonly stop: (exitCode: ExitCode) => void;
  /** Stops listening. */
  readonly dispose: () => void;
}

const CODES = {
  SIGHUP: EXIT_CODES.hungUp,
  SIGINT: EXIT_CODES.interrupted,
  SIGTERM: EXIT_CODES.terminated,
} as const;

/**
 * Makes the first Ctrl-C (or SIGTERM, or SIGHUP) a request to stop cleanly. After it the program listens no more, so a second one ends
 * it at once.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const signals = Object.keys(CODES) as (keyof typeof CODES)[];
  const onSignal = (signal: keyof typeof CODES): void => stop(CODES[signal]);
  const dispose = (): void => {
    for (const signal of signals) process.off(signal, onSignal as NodeJS.SignalsListener);
  };
  function stop(exitCode: ExitCode): void {
    dispose();
    if (!controller.signal.aborted) controller.abort(new InterruptedError(exitCode));
  }
  for (const signal of signals) process.on(signal, onSignal as NodeJS.SignalsListener);
  return { signal: controller.signal, stop, dispose };
}
