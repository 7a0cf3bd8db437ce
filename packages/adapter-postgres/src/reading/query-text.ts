/** A statement that is being composed: its text is put together from fixed parts, and every value is bound. */
export class QueryText {
  readonly values: unknown[] = [];
  readonly #conditions: string[] = [];

  /** Binds a value and returns the placeholder that stands for it. */
  bind(value: unknown, type: "bigint" | "integer" | "boolean" | "text" | "text[]" | "bigint[]" | "float8"): string {
    return `$${this.values.push(value)}::${type}`;
  }

  /** Binds a time, or `null` for none. The type rounds the result of the division of floats to milliseconds. */
  bindTime(epochMs: number | null): string {
    return `to_timestamp(${this.bind(epochMs, "float8")} / 1000)::timestamptz(3)`;
  }

  /** Binds the range between two times, both left out; null without either, and empty if the first is not the earlier one. */
  bindTimesBetween(afterMs: number | undefined, beforeMs: number | undefined): string {
    if (afterMs === undefined && beforeMs === undefined) return "null::tstzrange";
    const [after, before] = [this.bindTime(afterMs ?? null), this.bindTime(beforeMs ?? null)];
    return `tstzrange(${after}, case when ${before} < ${after} then ${after} else ${before} end, '()')`;
  }

  /** Adds a condition; all of them must hold. */
  where(condition: string): void {
    this.#conditions.push(condition);
  }

  /** The conditions as a `where` clause; empty when there are none. */
  get whereClause(): string {
    return this.#conditions.length === 0 ? "" : ` where ${this.#conditions.join(" and ")}`;
  }
}
