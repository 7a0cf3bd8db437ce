import type { JsonArray, Jsonify, JsonObject, JsonValue } from "@eventfold/types";
import type { ValueAt } from "../paths/path-types.ts";

/** A type as JSON gives it back; what is JSON of any shape stays as it is, as it has no end to expand to. */
type AsJson<T> = unknown extends T
  ? JsonValue
  : T extends undefined
    ? never
    : JsonObject extends T
      ? T
      : JsonArray extends T
        ? T
        : Jsonify<T>;

/** The type of what a filter's field yields, as JSON: a function's result, or what the path finds. */
export type FieldValue<TDocument, TPath, TResult> = [TResult] extends [never]
  ? AsJson<ValueAt<TDocument, TPath>>
  : TResult;
