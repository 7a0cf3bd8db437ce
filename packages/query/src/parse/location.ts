import { InvalidQueryError } from "../errors/invalid-query-error.ts";

/** Where the parser is, as a linked list: the text of it is only made when there is a fault to report. */
export interface Location {
  readonly step: string | number;
  readonly parent: Location | undefined;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const LONGEST_STEP = 60;

export function root(name: string): Location {
  return { step: name, parent: undefined };
}

export function below(parent: Location, step: string | number): Location {
  return { step, parent };
}

export function printLocation(location: Location): string {
  let text = "";
  for (let at: Location | undefined = location; at !== undefined; at = at.parent) text = printStep(at) + text;
  return text;
}

function printStep({ step, parent }: Location): string {
  const isFirst = parent === undefined || (parent.parent === undefined && parent.step === "");
  if (typeof step === "number") return `[${step}]`;
  if (step !== "" && !IDENTIFIER.test(step)) return `[${JSON.stringify(step.slice(0, LONGEST_STEP))}]`;
  return isFirst ? step : `.${step}`;
}

/** Refuses what stands at a location. */
export function fault(at: Location, reason: string): never {
  throw new InvalidQueryError({ path: printLocation(at), reason });
}

/** Names what came instead of what was expected, short enough for a message. */
export function described(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || value === undefined) return String(value);
  if (typeof value === "bigint") return "a bigint";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
