import { escapeIdentifier, escapeLiteral } from "pg";
import { channelOf } from "./channel.ts";
import { checkedIdentifier } from "./checked-identifier.ts";
import type { LogLocation } from "./log-location.ts";
import { DEFAULT_EVENTS_TABLE, DEFAULT_SCHEMA } from "./log-location.ts";

/**
 * The names of everything that belongs to one log: quoted and qualified by the schema, ready for use in a statement.
 */
export interface LogNames {
  readonly schema: string;
  readonly eventsTable: string;
  readonly quotedSchema: string;
  readonly events: string;
  readonly eventTags: string;
  readonly sequence: string;
  readonly settings: string;
  readonly migrations: string;
  readonly isSendable: string;
  readonly refuse: string;
  readonly order: string;
  readonly append: string;
  readonly appendStream: string;
  readonly appendOne: string;
  readonly appendFirst: string;
  readonly appendSingles: string;
  readonly categoryPage: string;
  readonly streamPosition: string;
  readonly waitForWriters: string;
  readonly settled: string;
  readonly news: string;
  readonly isWanted: string;
  readonly shortList: string;
  readonly commonPage: string;
  readonly sourcePage: string;
  readonly itemPage: string;
  readonly queryPage: string;
  readonly firstMatch: string;
  readonly isSendableTag: string;
  readonly orderTagged: string;
  readonly appendFirstTagged: string;
  readonly appendOneTagged: string;
  readonly appendTagged: string;
  /** The notification channel, unquoted. */
  readonly channel: string;
  /** The names of the constraints on the events table, unquoted, as errors report them. */
  readonly constraints: { readonly key: string; readonly id: string; readonly position: string };
  readonly categoryIndex: string;
}

const MAX_SCHEMA_BYTES = 63; // PostgreSQL silently cuts longer names.
const MAX_TABLE_BYTES = 40; // which leaves 23 for the endings of the names made from it.

/**
 * The names of a log.
 *
 * @throws `RangeError` when the schema or the table is not a name that can be quoted, or too long: 63 and 40 bytes.
 */
export function logNames(location: LogLocation): LogNames {
  const schema = checkedIdentifier("schema", location.schema ?? DEFAULT_SCHEMA, MAX_SCHEMA_BYTES);
  const table = checkedIdentifier("eventsTable", location.eventsTable ?? DEFAULT_EVENTS_TABLE, MAX_TABLE_BYTES);
  const quotedSchema = escapeIdentifier(schema);
  const named = (ending: string) => `${quotedSchema}.${escapeIdentifier(`${table}${ending}`)}`;
  return {
    schema,
    eventsTable: table,
    quotedSchema,
    events: named(""),
    eventTags: named("_tags"),
    sequence: named("_sequence_number_seq"),
    settings: named("_settings"),
    migrations: named("_migrations"),
    isSendable: named("_is_sendable"),
    refuse: named("_refuse"),
    order: named("_order"),
    append: named("_append"),
    appendStream: named("_append_stream"),
    appendOne: named("_append_one"),
    appendFirst: named("_append_first"),
    appendSingles: named("_append_singles"),
    categoryPage: named("_category_page"),
    streamPosition: named("_stream_position"),
    waitForWriters: named("_wait_for_writers"),
    settled: named("_settled"),
    news: named("_news"),
    isWanted: named("_is_wanted"),
    shortList: named("_short_list"),
    commonPage: named("_common_page"),
    sourcePage: named("_source_page"),
    itemPage: named("_item_page"),
    queryPage: named("_query_page"),
    firstMatch: named("_first_match"),
    isSendableTag: named("_is_sendable_tag"),
    orderTagged: named("_order_tagged"),
    appendFirstTagged: named("_append_first_tagged"),
    appendOneTagged: named("_append_one_tagged"),
    appendTagged: named("_append_tagged"),
    channel: channelOf(schema, table),
    constraints: { key: `${table}_pkey`, id: `${table}_id_key`, position: `${table}_position_key` },
    categoryIndex: `${table}_category_index`,
  };
}

/** What the placeholders in the migrations of a log stand for. */
export function placeholdersOf(names: LogNames): Readonly<Record<string, string>> {
  return {
    events: names.events,
    events_literal: escapeLiteral(names.events),
    event_tags: names.eventTags,
    event_tags_literal: escapeLiteral(names.eventTags),
    event_tags_key: escapeIdentifier(`${names.eventsTable}_tags_pkey`),
    events_key: escapeIdentifier(names.constraints.key),
    events_id_key: escapeIdentifier(names.constraints.id),
    events_position_key: escapeIdentifier(names.constraints.position),
    events_category_index: escapeIdentifier(names.categoryIndex),
    sequence: names.sequence,
    sequence_literal: escapeLiteral(names.sequence),
    settings: names.settings,
    settings_key: escapeIdentifier(`${names.eventsTable}_settings_pkey`),
    is_sendable: names.isSendable,
    refuse: names.refuse,
    order: names.order,
    append: names.append,
    append_stream: names.appendStream,
    append_one: names.appendOne,
    append_first: names.appendFirst,
    append_singles: names.appendSingles,
    category_page: names.categoryPage,
    stream_position: names.streamPosition,
    wait_for_writers: names.waitForWriters,
    settled: names.settled,
    news: names.news,
    is_wanted: names.isWanted,
    short_list: names.shortList,
    common_page: names.commonPage,
    source_page: names.sourcePage,
    item_page: names.itemPage,
    query_page: names.queryPage,
    first_match: names.firstMatch,
    is_sendable_tag: names.isSendableTag,
    order_tagged: names.orderTagged,
    append_first_tagged: names.appendFirstTagged,
    append_one_tagged: names.appendOneTagged,
    append_tagged: names.appendTagged,
    channel_literal: escapeLiteral(names.channel),
  };
}
