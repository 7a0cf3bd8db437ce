import { escapeIdentifier, escapeLiteral } from "pg";
import { channelOf } from "../naming/channel.ts";
import { checkedIdentifier } from "../naming/checked-identifier.ts";
import { DEFAULT_SCHEMA } from "../naming/log-location.ts";
import { DEFAULT_PROCESSING_PREFIX, type ProcessingLocation } from "./processing-location.ts";

/** The functions for the calls of the port, by the endings of their names. */
export const PROCESSING_ROUTINES = [
  "begin_session",
  "beat",
  "evict",
  "end_session",
  "register",
  "claim",
  "release",
  "save_checkpoints",
  "report",
  "commit_with",
  "park",
  "unpark",
  "load_parked",
  "list_parked",
  "request",
  "carry_out",
  "repartition",
  "arrive",
  "remove",
  "try_lock",
  "release_lock",
  "status",
] as const;

/** The function for a call of the port, by the ending of its name. */
export type ProcessingRoutine = (typeof PROCESSING_ROUTINES)[number];

/** The tables, by the endings of their names. */
export const PROCESSING_TABLES = ["sessions", "subscriptions", "partitions", "parked", "locks", "migrations"] as const;

const INTERNAL_ROUTINES = ["end_sessions", "take_effect", "replace_partitions"] as const;

/** The names of everything that belongs to processing: quoted and qualified by the schema, ready for use in a statement. */
export interface ProcessingNames {
  readonly schema: string;
  readonly quotedSchema: string;
  readonly prefix: string;
  readonly tables: Readonly<Record<(typeof PROCESSING_TABLES)[number], string>>;
  readonly routines: Readonly<Record<ProcessingRoutine, string>>;
  /** The notification channel, unquoted. */
  readonly channel: string;
}

const MAX_SCHEMA_BYTES = 63; // PostgreSQL silently cuts longer names.
const MAX_PREFIX_BYTES = 40; // which leaves 23 for the endings of the names made from it.

/**
 * The names of processing.
 *
 * @throws `RangeError` when the schema or the prefix is not a name that can be quoted, or too long: 63 and 40 bytes.
 */
export function processingNames(location: ProcessingLocation): ProcessingNames {
  const schema = checkedIdentifier("schema", location.schema ?? DEFAULT_SCHEMA, MAX_SCHEMA_BYTES);
  const given = location.processingPrefix ?? DEFAULT_PROCESSING_PREFIX;
  const prefix = checkedIdentifier("processingPrefix", given, MAX_PREFIX_BYTES);
  return {
    schema,
    quotedSchema: escapeIdentifier(schema),
    prefix,
    tables: named(PROCESSING_TABLES, (ending) => qualified(schema, `${prefix}_${ending}`)),
    routines: named(PROCESSING_ROUTINES, (ending) => qualified(schema, `${prefix}_${ending}`)),
    channel: channelOf(schema, `${prefix}_sessions`),
  };
}

/** What the placeholders in the migrations stand for. */
export function processingPlaceholders(names: ProcessingNames): Readonly<Record<string, string>> {
  const { schema, prefix, tables, routines, channel } = names;
  const constraint = (ending: string) => escapeIdentifier(`${prefix}_${ending}`);
  const lockTokens = qualified(schema, `${prefix}_lock_tokens`);
  return {
    ...tables,
    ...routines,
    ...named(INTERNAL_ROUTINES, (ending) => qualified(schema, `${prefix}_${ending}`)),
    sessions_key: constraint("sessions_pkey"),
    sessions_name_key: constraint("sessions_name_key"),
    subscriptions_sequence: qualified(schema, `${prefix}_subscriptions_id_seq`),
    subscriptions_key: constraint("subscriptions_pkey"),
    subscriptions_name_key: constraint("subscriptions_name_key"),
    partitions_key: constraint("partitions_pkey"),
    parked_key: constraint("parked_pkey"),
    parked_stream_index: constraint("parked_stream_index"),
    locks_key: constraint("locks_pkey"),
    lock_tokens: lockTokens,
    lock_tokens_literal: escapeLiteral(lockTokens),
    channel_literal: escapeLiteral(channel),
  };
}

function qualified(schema: string, name: string): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
}

function named<TEnding extends string>(
  endings: readonly TEnding[],
  nameOf: (ending: TEnding) => string,
): Readonly<Record<TEnding, string>> {
  return Object.fromEntries(endings.map((ending) => [ending, nameOf(ending)])) as Record<TEnding, string>;
}
