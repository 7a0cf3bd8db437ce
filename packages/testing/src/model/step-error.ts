/** A program failed at one of its commands. */
export class StepError extends Error {
  constructor(step: number, cause: unknown) {
    super(`Command ${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "StepError";
  }
}
