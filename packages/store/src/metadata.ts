import { isJsonObject, type JsonObject, type JsonValue } from "@eventfold/types";
import { jsonFormOf } from "./json-form.ts";

/**
 * Metadata that is to go into several events, as JSON keeps it.
 *
 * @param owner whose it is, as an error calls it.
 * @throws `InvalidEventError` for what JSON would change, `TypeError` for what is not an object.
 */
export function checkedMetadata(owner: string, metadata: unknown): JsonObject | undefined {
  if (metadata === undefined) return undefined;
  const { value } = jsonFormOf(metadata, () => ["metadata"]);
  if (isJsonObject(value)) return value;
  throw new TypeError(`The metadata of ${owner} must be a JSON object, got ${JSON.stringify(value)}.`);
}

/** The metadata of an event: its own members win, and metadata that is no object is kept alone. */
export function withMetadataDefaults(own: JsonValue, defaults: JsonObject | undefined): JsonValue {
  if (defaults === undefined || (own !== null && !isJsonObject(own))) return own;
  return { ...defaults, ...own };
}
