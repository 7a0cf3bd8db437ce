import { EventfoldError } from "./eventfold-error.ts";

/** A name that is empty, too long, holds control characters or lone surrogates, or belongs to the library. */
export class InvalidNameError extends EventfoldError {
  declare readonly code: "INVALID_NAME";
  /** What the name was meant to name: `"category"`, `"stream"`, `"event"` or `"tag"`. */
  readonly kind: string;
  /** What was given, whatever it is. */
  readonly invalidName: unknown;
  /** What is wrong with it. */
  readonly reason: string;

  constructor({ kind, name, reason }: { readonly kind: string; readonly name: unknown; readonly reason: string }) {
    super(`Invalid ${kind === "tag" ? kind : `${kind} name`}${quoted(name)}: ${reason}.`, { code: "INVALID_NAME" });
    this.kind = kind;
    this.invalidName = name;
    this.reason = reason;
  }
}

function quoted(name: unknown): string {
  if (typeof name !== "string") return "";
  return ` ${JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name)}`;
}
