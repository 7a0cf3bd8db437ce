import { EventfoldError } from "./eventfold-error.ts";

/** An event cannot be stored as it is. Nothing was stored; the message and `path` say where the fault is. */
export class InvalidEventError extends EventfoldError {
  declare readonly code: "INVALID_EVENT";
  /** Where the fault is, in what was given: `events[2].payload.items[0].price`. */
  readonly path: string;
  /** What is wrong there. */
  readonly reason: string;

  constructor({ path, reason, cause }: { readonly path: string; readonly reason: string; readonly cause?: unknown }) {
    super(`Invalid event at ${path}: ${reason}.`, { code: "INVALID_EVENT", cause });
    this.path = path;
    this.reason = reason;
  }
}
