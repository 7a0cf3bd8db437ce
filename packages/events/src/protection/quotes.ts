import { printPath, type ValuePath } from "@eventfold/store/adapter";
import { InvalidEventError, isEventfoldError } from "@eventfold/types";
import { type PayloadIssue, refusalOf } from "../payload-validation.ts";
import { type FieldTree, pathsOf } from "./field-tree.ts";

// Schemas, codecs and upcasters are code of the application, and what they say of a value often quotes it. Our errors are logged, and stored
// with parked events, where no deleted key reaches them.

const WITHHELD = "withheld, because it may quote a protected field";

/** What code of the application has thrown, for an error of ours. */
export interface Quote {
  readonly text: string;
  readonly cause: unknown;
}

/** @param mayQuote whether it was given the protected fields of an event: then only the kind of error is told. */
export function quoteOf(thrown: unknown, mayQuote: boolean): Quote {
  if (!mayQuote) return { text: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown };
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return { text: `${kind}, whose message is ${WITHHELD}`, cause: undefined };
}

/**
 * The error for an event that is refused, without what code of the application said of its protected fields.
 *
 * @param error has a cause if it repeats such code: what was thrown, or the issues of a schema.
 * @param path leads to the payload.
 */
export function withoutQuotes(error: unknown, fields: FieldTree, path: ValuePath): unknown {
  if (!isEventfoldError(error, "INVALID_EVENT") || error.cause === undefined) return error;
  const printed = pathsOf(fields).map((names) => printPath([...path, ...names]));
  const mayQuote = (at: string) => printed.some((field) => field.startsWith(at) || at.startsWith(field));
  const { cause } = error;
  if (Array.isArray(cause))
    return refusalOf(cause.map((issue: PayloadIssue) => (mayQuote(issue.path) ? withheld(issue) : issue)));
  if (!mayQuote(error.path)) return error;
  const [what] = error.reason.split(": ", 1); // what was said follows a colon
  return new InvalidEventError({ path: error.path, reason: `${what}; why is ${WITHHELD}` });
}

function withheld({ path }: PayloadIssue): PayloadIssue {
  return { path, message: `its schema refuses it; why is ${WITHHELD}` };
}
