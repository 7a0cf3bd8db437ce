import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { isCodec, type JsonSchema } from "./codec.ts";
import type { EventDefinition } from "./event-definition.ts";
import { isEachCodec } from "./payload-codecs.ts";

/** How JSON Schemas are written. */
export interface JsonSchemaOptions {
  /** The dialect, as far as the validator knows it. Default: `"draft-2020-12"`. */
  readonly target?: StandardJSONSchemaV1.Target | undefined;
  /** Passed to the validator as they are. Default: what JSON Schema has no word for, such as a `Date`, may be anything. */
  readonly libraryOptions?: Record<string, unknown> | undefined;
}

/** What describes one event. */
export interface EventJsonSchemas {
  readonly name: string;
  /** The version that is published. */
  readonly version: number;
  /** The payload that is published. `undefined` where its validator offers no JSON Schema. */
  readonly published: JsonSchema | undefined;
  /**
   * The payload that is stored in this version, before fields of it are protected; members with a codec are described as
   * the codec does. `undefined` as above.
   */
  readonly stored: JsonSchema | undefined;
}

/**
 * The JSON Schemas of an event.
 *
 * @throws what the validator throws for a schema or a dialect that it cannot express.
 */
export function jsonSchemasOf(
  name: string,
  { schema, codecs, version }: EventDefinition<unknown, unknown>,
  { target = "draft-2020-12", libraryOptions = { unrepresentable: "any" } }: JsonSchemaOptions,
): EventJsonSchemas {
  const converter = converterOf(schema);
  if (converter === undefined) return { name, version, published: undefined, stored: undefined };
  const options = { target, libraryOptions };
  return {
    name,
    version,
    published: converter.input(options),
    stored: withCodecs(converter.output(options), codecs),
  };
}

function converterOf(schema: StandardSchemaV1): StandardJSONSchemaV1.Converter | undefined {
  const { jsonSchema } = schema["~standard"] as Partial<StandardJSONSchemaV1.Props>;
  return typeof jsonSchema?.input === "function" && typeof jsonSchema.output === "function" ? jsonSchema : undefined;
}

/** The schema of a value that goes through codecs: at each member that has one, what the codec stores. */
function withCodecs(schema: unknown, codecs: unknown): JsonSchema {
  if (isCodec(codecs)) return codecs.jsonSchema ?? {};
  const known: JsonSchema & { readonly items?: unknown; readonly properties?: unknown } = isSchema(schema)
    ? schema
    : {};
  const { items, properties } = known;
  if (typeof codecs !== "object" || codecs === null) return known;
  if (isEachCodec(codecs)) return { ...known, items: withCodecs(items, codecs.codecs) };
  if (!isSchema(properties)) return known;
  const described = Object.entries(properties).map(([name, member]) => {
    const codec: unknown = Object.hasOwn(codecs, name) ? Reflect.get(codecs, name) : undefined;
    return [name, codec === undefined ? member : withCodecs(member, codec)];
  });
  return { ...known, properties: Object.fromEntries(described) };
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
