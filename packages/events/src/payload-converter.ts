import { isUnawaited } from "@eventfold/types";
import { isCodec } from "./codec.ts";
import { isEachCodec } from "./payload-codecs.ts";
import { isForgotten } from "./protection/forgotten.ts";

/** Which way a payload goes: to the store, or from it. */
export type Direction = "encode" | "decode";

/** Takes a value through its codecs, in a copy where it changes. */
export type Converter = (value: unknown, direction: Direction) => unknown;

/** What a codec threw, and where. The path is gathered on the way out, innermost first. */
export class CodecFault extends Error {
  readonly segments: (string | number)[] = [];

  static within(segment: string | number, error: unknown): CodecFault {
    const fault = error instanceof CodecFault ? error : new CodecFault(messageOf(error), { cause: error });
    fault.segments.push(segment);
    return fault;
  }
}

/**
 * What takes payloads through codecs; `undefined` where there are none.
 *
 * @throws `TypeError` for what is not a codec.
 */
export function converterOf(codecs: object): Converter | undefined {
  return Object.keys(codecs).length === 0 ? undefined : convertMembers(codecs, []);
}

function convert(codecs: unknown, path: readonly string[]): Converter {
  if (isCodec(codecs)) return (value, direction) => synchronous(codecs[direction](value));
  if (typeof codecs !== "object" || codecs === null) {
    throw new TypeError(`The codec of ${path.join(".")} must be a codec, or codecs by name, got ${typeof codecs}.`);
  }
  return isEachCodec(codecs) ? convertItems(convert(codecs.codecs, path)) : convertMembers(codecs, path);
}

function synchronous(converted: unknown): unknown {
  if (isUnawaited(converted)) throw new TypeError("it returned a promise; codecs are synchronous");
  return converted;
}

function convertItems(convertItem: Converter): Converter {
  return (value, direction) => {
    if (!Array.isArray(value)) return value;
    return value.map((item, index) => {
      try {
        return isNullish(item) ? item : convertItem(item, direction);
      } catch (error) {
        throw CodecFault.within(index, error);
      }
    });
  };
}

function convertMembers(codecs: object, path: readonly string[]): Converter {
  if (Object.getPrototypeOf(codecs) !== Object.prototype || Object.hasOwn(codecs, "__proto__")) {
    throw new TypeError(`The codecs of ${path.join(".") || "a payload"} must be a plain object, without __proto__.`);
  }
  const members = Object.entries(codecs).filter(([, codec]) => codec !== undefined);
  const converters = members.map(([name, codec]) => ({ name, convertMember: convert(codec, [...path, name]) }));
  return (value, direction) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const copy: Record<string, unknown> = { ...value };
    for (const { name, convertMember } of converters) {
      if (!Object.hasOwn(copy, name) || isNullish(copy[name]) || isForgotten(copy[name])) continue;
      try {
        copy[name] = convertMember(copy[name], direction);
      } catch (error) {
        throw CodecFault.within(name, error);
      }
    }
    return copy;
  };
}

function isNullish(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
