import { expectTypeOf } from "vitest";
import type { Jsonify, JsonObject, JsonValue } from "../src/index.ts";

interface Tree {
  readonly label: string;
  readonly children: readonly Tree[];
}
declare const tree: Jsonify<Tree>;

export function whatJsonGivesBack(): void {
  expectTypeOf<Jsonify<Date>>().toEqualTypeOf<string>();
  expectTypeOf<keyof Jsonify<{ at: Date; gone: undefined; run(): void }>>().toEqualTypeOf<"at">();
  expectTypeOf<Jsonify<{ note?: string | undefined }>>().toEqualTypeOf<{ readonly note?: string }>();
  expectTypeOf<Jsonify<[number, Date]>>().toEqualTypeOf<readonly [number, string]>();
  expectTypeOf<Jsonify<"a" | "b" | null>>().toEqualTypeOf<"a" | "b" | null>();
  expectTypeOf<Jsonify<bigint>>().toEqualTypeOf<never>();
  expectTypeOf<Jsonify<unknown>>().toEqualTypeOf<JsonValue>();
  expectTypeOf<Jsonify<JsonValue>>().toEqualTypeOf<JsonValue>();
  expectTypeOf<Jsonify<{ extra: JsonObject }>>().toEqualTypeOf<{ readonly extra: JsonObject }>();
  expectTypeOf(tree.children[0]?.children[0]?.label).toEqualTypeOf<string | undefined>();
}
