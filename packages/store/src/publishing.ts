import {
  DuplicateEventIdError,
  EventsMatchedError,
  isEventfoldError,
  StorageUnavailableError,
  type StoredEvent,
  type StreamIdentifier,
  type UnmetWriteCondition,
  UnmetWriteConditionError,
} from "@eventfold/types";
import { preparedWritesOf } from "./adapter/prepared-writes.ts";
import { checkedFailIf, type PreparedFailIf, type PublishOptions, type PublishRefusal } from "./fail-if.ts";
import { judgedAsRead } from "./fail-if-as-read.ts";
import { withKnownMembers } from "./known-members.ts";
import type { GivenEntry, PublishedOf } from "./publish-entry.ts";
import { type PublishEntry, type PublishRequest, prepareEntries, prepareStreamEntry } from "./publish-request.ts";
import { type PublishedEvents, withOutcome } from "./published-events.ts";
import { isTranslated, publishedReadings } from "./published-readings.ts";
import { type Attempt, attemptsOf, mayDifferAsRead } from "./publish-attempt.ts";
import type { SourceTranslation } from "./source-translation.ts";
import type { EventStorage, FailIf, SaveResult, StreamWrite } from "./storage/event-storage.ts";
import type { InlineHooks, StoreContext } from "./store-context.ts";
import { arePublishesTraced, tracePublish } from "./tracing/publish-channel.ts";

/** Validates and publishes to one stream. */
export async function publishToStream<TEvents extends object>(
  context: StoreContext,
  stream: StreamToPublishTo,
  request: PublishRequest<TEvents>,
): Promise<PublishedEvents<TEvents>> {
  const { category, stream: name } = stream;
  const published = arePublishesTraced()
    ? await tracePublish([{ category, stream: name, events: request?.events }], () =>
        storeToStream(context, stream, request),
      )
    : await storeToStream(context, stream, request);
  const readings = readingsOf(published);
  const [events = []] = readings instanceof Promise ? await readings : readings;
  return withOutcome(events, published.isRepeat) as PublishedEvents<TEvents>;
}

const PUBLISH_OPTIONS: ReadonlySet<string> = new Set(["failIf"]);

/** Validates and publishes to several streams. */
export async function publishToStreams<TEntries extends readonly GivenEntry[]>(
  context: StoreContext,
  entries: readonly GivenEntry[],
  options: PublishOptions = {},
): Promise<PublishedOf<TEntries>> {
  const published =
    arePublishesTraced() && Array.isArray(entries)
      ? await tracePublish(entries, () => storeToStreams(context, entries, options))
      : await storeToStreams(context, entries, options);
  const readings = readingsOf(published);
  const events = readings instanceof Promise ? await readings : readings;
  return withOutcome(events, published.isRepeat) as PublishedOf<TEntries>;
}

/** A stream, and how its events are translated. */
type StreamToPublishTo = StreamIdentifier & { readonly translation: SourceTranslation | undefined };

/** A publish, validated. */
interface PreparedPublish {
  readonly entries: readonly PublishEntry[];
  readonly failIf: PreparedFailIf | undefined;
}

/** What was published, and the stored events per entry. */
interface Published {
  readonly entries: readonly PublishEntry[];
  readonly events: readonly (readonly StoredEvent[])[];
  readonly isRepeat: boolean;
}

/** The events of a publish as readers get them. */
function readingsOf(published: Published): ReturnType<typeof publishedReadings> {
  const { entries, events } = published;
  return isTranslated(entries) ? publishedReadings(entries, published) : events;
}

function storeToStream<TEvents extends object>(
  context: StoreContext,
  stream: StreamToPublishTo,
  request: PublishRequest<TEvents>,
): Promise<Published> {
  const prepared = prepareStreamEntry(stream, request, context);
  return storePrepared(context, prepared, request.failIf);
}

function storeToStreams(
  context: StoreContext,
  entries: readonly GivenEntry[],
  options: PublishOptions,
): Promise<Published> {
  const { failIf } = withKnownMembers("The options of a publish", options, PUBLISH_OPTIONS);
  return storePrepared(context, prepareEntries(entries, context), failIf);
}

/** Stores entries as soon as they are prepared, together with what inline hooks do. What is to refuse them was read before. */
function storePrepared(
  context: StoreContext,
  prepared: readonly PublishEntry[] | Promise<readonly PublishEntry[]>,
  failIf: PublishRefusal | undefined,
): Promise<Published> {
  if (prepared instanceof Promise) return prepared.then((entries) => storePrepared(context, entries, failIf));
  return store(context, { entries: prepared, failIf: checkedFailIf(failIf, prepared) });
}

function store({ storage, inline }: StoreContext, prepared: PreparedPublish): Promise<Published> {
  return inline === undefined ? publishPrepared(storage, prepared) : publishInline(inline, prepared);
}

/** Publishes and runs the hooks, all in one transaction. */
async function publishInline(inline: InlineHooks, prepared: PreparedPublish): Promise<Published> {
  try {
    return await inline.inTransaction(async (transaction) => {
      const published = await publishPrepared(transaction.storage, prepared);
      const events = published.events.flat();
      if (published.isRepeat || events.length === 0) return published;
      await inline.run(transaction, events);
      return published;
    });
  } catch (error) {
    throw repeatable(error, prepared.entries);
  }
}

type Unmet = Extract<SaveResult, { kind: "unmet" }>;

/**
 * Publishes all or nothing. Closed conditions travel with the write; a predicate is answered from the latest
 * event, and published with `positionIs` of that one. Events are immutable, so this is the same as judging inside the
 * write; it is repeated as long as rivals publish in between. A condition that does not hold of what is stored is judged
 * of what the source reads, where that may be less: a caller can know no more. So is an event that matches `failIf`.
 */
async function publishPrepared(storage: EventStorage, { entries, failIf: given }: PreparedPublish): Promise<Published> {
  refuseRepeatedIds(entries);
  let failIf = given;
  const asRead = new Set<PublishEntry>();
  for (;;) {
    const made = attemptsOf(storage, entries, asRead);
    const attempts = made instanceof Promise ? await made : made; // without a predicate there is nothing to wait for
    const writes = attempts.map(({ write }) => write);
    let result: SaveResult;
    try {
      result = await storage.save(failIf === undefined ? { writes } : { writes, failIf: requested(failIf) });
    } catch (error) {
      throw repeatable(error, writes);
    }
    switch (result.kind) {
      case "stored":
      case "repeat":
        return { entries, events: result.events, isRepeat: result.kind === "repeat" };
      case "duplicate":
        throw new DuplicateEventIdError(result.ids);
      case "unmet":
        if (cameBetween(result, attempts) || judgesAsRead(result, entries, asRead)) break;
        throw refusal(result, attempts, entries);
      case "matched": {
        if (given === undefined || failIf === undefined) {
          throw new TypeError("The adapter refused a publish for events that it was not asked about.");
        }
        const judged = await judgedAsRead(storage, failIf, result.sequenceNumber);
        if (judged.kind === "matched") throw matchedError(judged, given);
        failIf = { ...failIf, after: judged.after };
      }
    }
  }
}

function requested({ items, after }: PreparedFailIf): FailIf {
  return { items, after };
}

function matchedError(
  { sequenceNumber }: { readonly sequenceNumber: number },
  { query, after }: PreparedFailIf,
): EventsMatchedError {
  return new EventsMatchedError({ sequenceNumber, query, after });
}

function refuseRepeatedIds(entries: readonly PublishEntry[]): void {
  if (entries.length === 1 && entries[0]?.events.length === 1) return;
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { events } of entries) {
    for (const { id } of events) (seen.has(id) ? repeated : seen).add(id);
  }
  if (repeated.size > 0) throw new DuplicateEventIdError([...repeated]);
}

/** Adds what was to be published to an error whose outcome is unknown, so that it can be published again. */
function repeatable(error: unknown, writes: readonly Pick<StreamWrite, "category" | "stream" | "events">[]): unknown {
  if (!isEventfoldError(error, "STORAGE_UNAVAILABLE") || error.preparedWrites.length > 0) return error;
  return new StorageUnavailableError(error.message, { cause: error, preparedWrites: preparedWritesOf(writes) });
}

function cameBetween({ unmet }: Unmet, attempts: readonly Attempt[]): boolean {
  return unmet.some(({ write, latestPosition }) => {
    const seen = attempts[write]?.seen;
    return seen !== undefined && seen.position !== latestPosition;
  });
}

/** Whether all that is unmet can be judged of what is read, and has not been yet. Takes note of it. */
function judgesAsRead({ unmet }: Unmet, entries: readonly PublishEntry[], asRead: Set<PublishEntry>): boolean {
  const judged = unmet.flatMap(({ write }) => entries[write] ?? []);
  if (judged.length === 0 || !judged.every((entry) => mayDifferAsRead(entry) && !asRead.has(entry))) return false;
  for (const entry of judged) asRead.add(entry);
  return true;
}

/** The error of the first entry that does not hold, in entry order. */
function refusal({ unmet }: Unmet, attempts: readonly Attempt[], entries: readonly PublishEntry[]): unknown {
  const failure = unmet.map(({ write }) => attempts[write]?.failure).find((each) => each !== undefined);
  if (failure !== undefined) return failure.error;
  const [first, ...others] = unmet.map(({ write, latestPosition }): UnmetWriteCondition => {
    const { category = "", stream = "", condition } = entries[write] ?? {};
    return { category, stream, condition, latestPosition };
  });
  if (first === undefined) return new TypeError("The adapter refused a publish without naming an unmet write.");
  return new UnmetWriteConditionError([first, ...others]);
}
