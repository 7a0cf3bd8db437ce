import { EventfoldError, isEventfoldError } from "@eventfold/types";
import type { ArchiveEventsRequest } from "./archive-events.ts";
import type { EventColumns } from "./event-columns.ts";

/** What the thread that decodes is started with. */
export interface DecodingData {
  readonly isEventfoldDecoder: true;
}

/** Whether a thread was started by an import: its application may start others, and they may load the same modules. */
export function isDecodingData(data: unknown): data is DecodingData {
  return typeof data === "object" && data !== null && "isEventfoldDecoder" in data;
}

/** What the thread that decodes is told: once what, and then for each batch that it may send. */
export type DecodingOrder =
  | { readonly kind: "decode"; readonly request: ArchiveEventsRequest }
  | { readonly kind: "more" };

/** What the thread that decodes says. Classes do not survive the way between threads, so an error comes in parts. */
export type DecodingMessage =
  | { readonly kind: "batch"; readonly events: EventColumns }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly error: DecodingFailure };

/** An error in parts. */
export interface DecodingFailure {
  readonly message: string;
  /** Absent for one that is not the library's. */
  readonly code: string | undefined;
  /** What its class adds. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** The parts of an error that another thread can be told. What it was caused by is in its message already. */
export function failureOf(error: unknown): DecodingFailure {
  const { cause: _, ...members }: { readonly cause?: unknown } = error instanceof Error ? { ...error } : {};
  return {
    message: error instanceof Error ? error.message : String(error),
    code: isEventfoldError(error) ? error.code : undefined,
    members,
  };
}

/** The error that another thread told of. It is recognised by its code, as all errors of the library are. */
export function errorOf({ message, code, members }: DecodingFailure): Error {
  const error = code === undefined ? new Error(message) : new EventfoldError(message, { code });
  return Object.assign(error, members);
}
