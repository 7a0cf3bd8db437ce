import type { EventShape } from "./event-table.ts";

/** A value that JSON can carry unchanged: what payloads and metadata are once stored. */
export type JsonValue = string | number | boolean | null | JsonArray | JsonObject;

/** An array of JSON values. */
export type JsonArray = readonly JsonValue[];

/** An object whose members are JSON values. */
export interface JsonObject {
  readonly [member: string]: JsonValue;
}

/** Whether a value that JSON can carry is an object: no array, and not `null`. */
export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Dropped = undefined | symbol | ((...args: never[]) => unknown);

type KeptKeys<T> = {
  [K in keyof T]-?: K extends symbol ? never : [Exclude<T[K], Dropped>] extends [never] ? never : K;
}[keyof T];

type RequiredKeys<T> = { [K in KeptKeys<T>]-?: undefined extends T[K] ? never : K }[KeptKeys<T>];

type JsonifyMembers<T> = { readonly [K in RequiredKeys<T>]: Jsonify<T[K]> } & {
  readonly [K in Exclude<KeptKeys<T>, RequiredKeys<T>>]?: Jsonify<Exclude<T[K], undefined>>;
};

type Flatten<T> = { readonly [K in keyof T]: T[K] };

/**
 * The type that a value has after `JSON.parse(JSON.stringify(value))`.
 *
 * A `Date` comes back as `string`, members that hold `undefined` or functions are gone, everything is readonly, and
 * `unknown` becomes {@link JsonValue}. What JSON cannot carry at all (`bigint`, symbols) becomes `never`.
 *
 * @example
 * ```ts
 * type Read = Jsonify<{ at: Date; note?: string | undefined }>; // { readonly at: string; readonly note?: string }
 * ```
 */
export type Jsonify<T> = 0 extends 1 & T
  ? T
  : unknown extends T
    ? JsonValue
    : T extends { toJSON(...args: never[]): infer R }
      ? Jsonify<R>
      : T extends string | number | boolean | null
        ? T
        : T extends Dropped | bigint
          ? never
          : T extends readonly unknown[]
            ? JsonArray extends T
              ? T // it holds any JSON already; going on would never end
              : { readonly [K in keyof T]: Jsonify<T[K]> }
            : T extends object
              ? [T, string] extends [JsonObject, keyof T]
                ? T
                : Flatten<JsonifyMembers<T>>
              : never;

/** The payload that is read: what the definition gives back, else what JSON does. */
export type ReadPayload<T> = 0 extends 1 & T ? T : T extends EventShape<unknown, infer TRead> ? TRead : Jsonify<T>;
