import { escapeIdentifier } from "pg";
import { checkedIdentifier } from "../naming/checked-identifier.ts";
import { DEFAULT_SCHEMA } from "../naming/log-location.ts";
import { DEFAULT_KEY_PREFIX, type KeyLocation } from "./key-location.ts";

/** The functions for the calls of the port, by the endings of their names. */
export const KEY_ROUTINES = [
  "current",
  "add",
  "find",
  "forget",
  "list_keys",
  "list_tombstones",
  "replace_secrets",
] as const;

/** The function for a call of the port, by the ending of its name. */
export type KeyRoutine = (typeof KEY_ROUTINES)[number];

/** The tables, by the endings of their names. */
export const KEY_TABLES = ["subjects", "keys", "migrations"] as const;

/** The names of everything that belongs to keys: quoted and qualified by the schema, ready for use in a statement. */
export interface KeyNames {
  readonly schema: string;
  readonly quotedSchema: string;
  readonly prefix: string;
  readonly tables: Readonly<Record<(typeof KEY_TABLES)[number], string>>;
  readonly routines: Readonly<Record<KeyRoutine, string>>;
}

const MAX_SCHEMA_BYTES = 63; // PostgreSQL silently cuts longer names.
const MAX_PREFIX_BYTES = 40; // which leaves 23 for the endings of the names made from it.

/**
 * The names of keys.
 *
 * @throws `RangeError` when the schema or the prefix is not a name that can be quoted, or too long: 63 and 40 bytes.
 */
export function keyNames(location: KeyLocation): KeyNames {
  const schema = checkedIdentifier("schema", location.schema ?? DEFAULT_SCHEMA, MAX_SCHEMA_BYTES);
  const prefix = checkedIdentifier("keyPrefix", location.keyPrefix ?? DEFAULT_KEY_PREFIX, MAX_PREFIX_BYTES);
  const quotedSchema = escapeIdentifier(schema);
  const qualified = (ending: string) => `${quotedSchema}.${escapeIdentifier(`${prefix}_${ending}`)}`;
  return {
    schema,
    quotedSchema,
    prefix,
    tables: named(KEY_TABLES, qualified),
    routines: named(KEY_ROUTINES, qualified),
  };
}

/** What the placeholders in the migrations stand for. */
export function keyPlaceholders({ prefix, tables, routines }: KeyNames): Readonly<Record<string, string>> {
  const constraint = (ending: string) => escapeIdentifier(`${prefix}_${ending}`);
  return {
    ...tables,
    ...routines,
    subjects_key: constraint("subjects_pkey"),
    subjects_check: constraint("subjects_check"),
    keys_key: constraint("keys_pkey"),
    keys_subject_index: constraint("keys_subject_index"),
  };
}

function named<TEnding extends string>(
  endings: readonly TEnding[],
  nameOf: (ending: TEnding) => string,
): Readonly<Record<TEnding, string>> {
  return Object.fromEntries(endings.map((ending) => [ending, nameOf(ending)])) as Record<TEnding, string>;
}
