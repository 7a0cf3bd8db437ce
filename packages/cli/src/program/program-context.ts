/** What the program is given besides its arguments: all that it knows of the process it runs in. */
export interface ProgramContext {
  readonly version: string;
  /** What relative paths are relative to. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Stops it cleanly. */
  readonly signal: AbortSignal;
  /** Writes to the output; a promise, when its reader is slower than the program. */
  readonly writeOut: (text: string) => Promise<void> | void;
  /** Writes to the error output. */
  readonly writeError: (text: string) => void;
  /** Whether a person reads the output in a terminal, which then shows colours. */
  readonly isTerminal: boolean;
  /** The error output, where a terminal shows it: progress is drawn there. */
  readonly progressStream: NodeJS.WriteStream | undefined;
  /** Asks the person at the terminal; `undefined` where nobody can answer. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}
