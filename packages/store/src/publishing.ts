import { tracingChannel } from "node:diagnostics_channel";
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
import { checkedFailIf, type PreparedFailIf, type PublishOptions } from "./fail-if.ts";
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

/** Validates and publishes to one stream. */
export async function publishToStream<TEvents extends object>(
  context: StoreContext,
  stream: StreamIdentifier & { readonly translation: SourceTranslation | undefined },
  request: PublishRequest<TEvents>,
): Promise<PublishedEvents<TEvents>> {
  const prepared = prepareStreamEntry(stream, request, context);
  const { failIf } = request; // before anything is waited for
  const entries = prepared instanceof Promise ? await prepared : prepared;
  const { events, isRepeat } = await publish(context, { entries, failIf: checkedFailIf(failIf, entries) });
  return withOutcome(events[0] ?? [], isRepeat) as PublishedEvents<TEvents>;
}

const PUBLISH_OPTIONS: ReadonlySet<string> = new Set(["failIf"]);

/** Validates and publishes to several streams. */
export async function publishToStreams<TEntries extends readonly GivenEntry[]>(
  context: StoreContext,
  entries: readonly GivenEntry[],
  options: PublishOptions = {},
): Promise<PublishedOf<TEntries>> {
  const { failIf } = withKnownMembers("The options of a publish", options, PUBLISH_OPTIONS);
  const prepared = prepareEntries(entries, context);
  const own = prepared instanceof Promise ? await prepared : prepared;
  const { events, isRepeat } = await publish(context, { entries: own, failIf: checkedFailIf(failIf, own) });
  return withOutcome(events, isRepeat) as PublishedOf<TEntries>;
}

/** A publish, validated. */
interface PreparedPublish {
  readonly entries: readonly PublishEntry[];
  readonly failIf: PreparedFailIf | undefined;
}

/** The stored events of a publish, per entry. */
interface Published {
  readonly events: readonly (readonly StoredEvent[])[];
  readonly isRepeat: boolean;
}

const publishChannel = tracingChannel("eventfold:publish");

/** Stores what was validated, and returns it as readers get it. */
function publish(context: StoreContext, prepared: PreparedPublish): Promise<Published> {
  const published = traced(context, prepared);
  return isTranslated(prepared.entries) ? readings(prepared, published) : published;
}

async function readings({ entries }: PreparedPublish, publishing: Promise<Published>): Promise<Published> {
  const published = await publishing;
  const events = publishedReadings(entries, published);
  return { events: events instanceof Promise ? await events : events, isRepeat: published.isRepeat };
}

/**
 * Stores what was validated, together with what inline hooks do, within the tracing channel `eventfold:publish`. Its
 * messages carry `entries`: `{ category, stream, events }`, the last a count. Their `result` has the events as they are stored, so
 * that protected fields do not get there. Without a subscriber it costs one check.
 */
function traced(context: StoreContext, prepared: PreparedPublish): Promise<Published> {
  if (!publishChannel.hasSubscribers) return store(context, prepared);
  const described = prepared.entries.map(({ category, stream, events }) => ({
    category,
    stream,
    events: events.length,
  }));
  return publishChannel.tracePromise(() => store(context, prepared), { entries: described });
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
        return { events: result.events, isRepeat: result.kind === "repeat" };
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
