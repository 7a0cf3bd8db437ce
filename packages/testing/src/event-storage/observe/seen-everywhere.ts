import { type EventStore, type StoredEvent, sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import { assertSame } from "./same.ts";

/** Asserts that every way of reading a store shows exactly these events of one stream, and that the store has no others. */
export async function assertSeenEverywhere(store: EventStore, events: readonly StoredEvent[]): Promise<void> {
  const [first] = events;
  if (first === undefined) throw new Error("There is nothing to look for.");
  const last = events.at(-1) ?? first;
  const names = { category: first.category, stream: first.stream };
  const constraints = [sequenceNumberAfter(first.sequenceNumber - 1), sequenceNumberBefore(last.sequenceNumber + 1)];
  const mine = (read: readonly StoredEvent[]): StoredEvent[] =>
    read.filter(({ category, stream }) => category === names.category && stream === names.stream);

  assertSame(await store.stream(names).read(), events, "scan of the stream");
  assertSame(mine(await store.category(names.category).read({ constraints })), events, "scan of the category");
  assertSame(mine(await store.log().read({ constraints })), events, "scan of the log");
  assertSame(
    await store.stream(names).read({ direction: "backwards" }),
    events.toReversed(),
    "backwards scan of the stream",
  );
  assertSame(await store.stream(names).latest(), last, "latest of the stream");
  for (const event of [first, last]) assertSame(await store.eventById(event.id), event, "event by id");
}
