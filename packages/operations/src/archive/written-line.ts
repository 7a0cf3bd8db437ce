import { type EventText, endOfWrittenJson, NO_TAGS } from "@eventfold/store/adapter";
import { parsePrintedTime } from "./time-text.ts";

/**
 * The event of a line if it is certain that `printEventLine` writes it just so; `undefined` if that is not certain, as for texts of
 * which `endOfWrittenJson` is not. To parse a line, and print and compare it for the proof, takes three times as long.
 */
export function readWrittenLine(line: string): EventText | undefined {
  const values = new WrittenValues(line);
  const id = values.text('{"id":');
  const name = values.text(',"name":');
  const payload = values.json(',"payload":');
  const metadata = values.json(',"metadata":');
  const version = values.integer(',"version":');
  const observedAtMs = values.time(',"observedAt":');
  const occurredAtMs = values.time(',"occurredAt":');
  const tags = values.texts(',"tags":');
  const category = values.text(',"category":');
  const stream = values.text(',"stream":');
  const position = values.integer(',"position":');
  const sequenceNumber = values.integer(',"sequenceNumber":');
  if (!values.endWith("}")) return undefined;
  return {
    ...{ id, name, category, stream, position, sequenceNumber, version, observedAtMs, occurredAtMs, tags, payload },
    metadata: metadata === "null" ? null : metadata,
  };
}

/** Takes the values of a line one after the other. What it gives counts only if {@link endWith} says so. */
class WrittenValues {
  readonly #line: string;
  /** Where the next value begins; -1 once something was not certain. */
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  endWith(end: string): boolean {
    return this.#at === this.#line.length - end.length && this.#line.endsWith(end);
  }

  /** @param before what is before the value. */
  json(before: string): string {
    const start = this.#at + before.length;
    if (this.#at === -1 || !this.#line.startsWith(before, this.#at)) return this.#uncertain("");
    this.#at = endOfWrittenJson(this.#line, start);
    return this.#at === -1 ? "" : this.#line.slice(start, this.#at);
  }

  text(before: string): string {
    const value = this.json(before);
    if (!value.startsWith('"')) return this.#uncertain("");
    return value.includes("\\") ? JSON.parse(value) : value.slice(1, -1);
  }

  texts(before: string): readonly string[] {
    const value = this.json(before);
    if (value === "[]") return NO_TAGS;
    const texts: unknown = JSON.parse(value || "null");
    return Array.isArray(texts) && texts.every((text) => typeof text === "string") ? texts : this.#uncertain(NO_TAGS);
  }

  integer(before: string): number {
    const value = this.json(before);
    const integer = Number(value);
    return String(integer) === value ? integer : this.#uncertain(0);
  }

  time(before: string): number {
    return parsePrintedTime(this.text(before)) ?? this.#uncertain(0);
  }

  #uncertain<T>(value: T): T {
    this.#at = -1;
    return value;
  }
}
