import { badRequest } from "./problem.ts";

/** The parameters of a request, checked as they are read. A fault is a 400 that names the parameter. */
export class Parameters {
  readonly #given: URLSearchParams;

  constructor(given: URLSearchParams) {
    this.#given = given;
  }

  /** A text that need not be given. An empty one counts as absent. */
  text(name: string): string | undefined {
    const [value, second] = this.#given.getAll(name);
    if (second !== undefined) throw badRequest(`${name} is given more than once.`);
    return value === "" ? undefined : value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw badRequest(`${name} is missing.`);
    return value;
  }

  integer(name: string, { from, to }: { readonly from: number; readonly to: number }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= from && value <= to) return value;
    throw badRequest(`${name} must be an integer from ${from} to ${to}, got ${JSON.stringify(text)}.`);
  }

  sequenceNumber(name: string): number | undefined {
    return this.integer(name, { from: 0, to: Number.MAX_SAFE_INTEGER });
  }

  /** A time in ISO 8601 with its zone. */
  time(name: string): Date | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const timeMs = /^\d{4}-\d{2}-\d{2}T[\d:.]{5,12}(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isSafeInteger(timeMs)) return new Date(timeMs);
    throw badRequest(`${name} must be a time such as 2026-01-31T09:30:00Z, got ${JSON.stringify(text)}.`);
  }
}
