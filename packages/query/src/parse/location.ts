import { InvalidQueryError } from "../errors/invalid-query-error.ts";

/** Where the parser is, as a linked list: the text of it is only made when there is a fault to report. */
export interface Location {
  readonly step: string | number;
  readonly parent: Location | undefined;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const LONGEST_STEP = 60;
const LEADING_DOT = /^\./;

export function root(name: string): Location {
  return { step: name, parent: undefined };
}

export function below(parent: Location, step: string | number): Location {
  return { step, parent };
}

export function printLocation(location: Location): string {
  let text = "";
  let at = location;
  for (; at.parent !== undefined; at = at.parent) text = printStep(at.step) + text;
  return `${at.step}${text}`.replace(LEADING_DOT, "");
}

function printStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  const shown = step.slice(0, LONGEST_STEP);
  return IDENTIFIER.test(shown) ? `.${shown}` : `[${JSON.stringify(shown)}]`;
}

/** Refuses the value at a location. */
export function fault(at: Location, reason: string): never {
  throw new InvalidQueryError({ path: printLocation(at), reason });
}

/** Describes an unexpected value, short enough for a message. */
export function described(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
